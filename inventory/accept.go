package inventory

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Accept turns a row into a level, or says why the row is refused. Exactly one of the two results is set: the refusal is nil for an
// accepted row.
//
// A row is accepted or refused as a whole. One figure out of bounds refuses the row, even if it is not the figure that the warehouse is set
// to use: whoever wrote one absurd figure may have shifted a column. A negative figure is kept as it is. SKUs are opaque: they are never
// trimmed, folded or normalised.
func Accept(row Row, quantity QuantityField) (Level, *Refusal) {
	if _, reason := refuse(row, quantity); reason != "" {
		return Level{}, &Refusal{
			Facility: presentable(row.Facility, MaxSKUBytes),
			SKU:      presentable(row.SKU, MaxSKUBytes),
			Place:    presentable(row.Place, maxReasonBytes),
			Reason:   presentable(reason, maxReasonBytes),

			UnreadableSKU:      !Legible(row.SKU),
			UnreadableFacility: row.Facility != "" && !Legible(row.Facility),
		}
	}
	level := Level{Facility: row.Facility, SKU: row.SKU, OnHand: row.OnHand, Committed: row.Committed, ReportedAt: row.ReportedAt}
	if quantity == QuantityOnHand {
		level.Available = *row.OnHand
	} else {
		level.Available = *row.Available
	}
	return level, nil
}

// NoLevel is true for a row that states that the source has no level of its SKU here. Callers skip such a row, as if the source had not
// named the SKU. It is false for a row that could not be read.
func NoLevel(row Row, quantity QuantityField) bool {
	if quantity == QuantityOnHand {
		return row.Problem == "" && row.NoOnHand
	}
	return row.Problem == "" && row.NoAvailable
}

// futureTolerance is how far a source's clock may be ahead of ours: clocks are wrong at times, and a source may omit its time zone.
const futureTolerance = 24 * time.Hour

// RefuseFuture returns the row with a time that is not in the future. A time in the future would make everything that is reported until
// then look old. A time up to futureTolerance ahead becomes now; a row with a later time gets a problem, so that Accept refuses it.
func RefuseFuture(row Row, now time.Time) Row {
	switch {
	case row.Problem != "" || !row.ReportedAt.After(now):
	case row.ReportedAt.After(now.Add(futureTolerance)):
		reportedAt := row.ReportedAt.UTC().Format(time.RFC3339)
		row.Refuse(Fault{Kind: FaultTime, Field: "reported_at", Text: reportedAt},
			fmt.Sprintf("it says that it was reported at %s, which has not come yet; correct the source's clock, or how its times are read", reportedAt))
	default:
		row.ReportedAt = now.UTC()
	}
	return row
}

// refuse says why a row is refused; the reason is empty when it is accepted.
func refuse(row Row, quantity QuantityField) (Fault, string) {
	if row.Problem != "" {
		if row.Fault != nil {
			return *row.Fault, row.Problem
		}
		return Fault{Kind: FaultForm}, row.Problem
	}
	if err := CheckSKU("SKU", row.SKU); err != nil {
		return nameFault("sku", row.SKU), err.Error()
	}
	if row.Facility != "" {
		if err := CheckSKU("facility", row.Facility); err != nil {
			return nameFault("facility", row.Facility), err.Error()
		}
	}
	switch {
	case quantity == QuantityOnHand && row.OnHand == nil:
		return Fault{Kind: FaultNoFigure, Field: "on_hand"}, "no on-hand figure is reported, and the warehouse is set to quantity: on_hand"
	case quantity != QuantityOnHand && row.Available == nil && row.OnHand != nil:
		return Fault{Kind: FaultOnHandOnly, Field: "available"},
			"no available figure is reported; set the warehouse to quantity: on_hand if its on-hand figure is what stores should show"
	case quantity != QuantityOnHand && row.Available == nil:
		return Fault{Kind: FaultNoFigure, Field: "available"}, "no available figure is reported"
	}
	for _, figure := range []struct {
		name  string
		value *int64
	}{{"available", row.Available}, {"on hand", row.OnHand}, {"committed", row.Committed}} {
		if figure.value != nil && (*figure.value > MaxQuantity || *figure.value < -MaxQuantity) {
			return Fault{Kind: FaultNumber, Field: strings.ReplaceAll(figure.name, " ", "_"), Text: strconv.FormatInt(*figure.value, 10)},
				fmt.Sprintf("the %s figure %d is outside -%d to %d; it is taken for a fault of the source", figure.name, *figure.value, MaxQuantity, MaxQuantity)
		}
	}
	return Fault{}, ""
}

// nameFault is the fault of a row whose SKU or facility cannot be used.
func nameFault(field, text string) Fault {
	kind := FaultName
	if text == "" {
		kind = FaultNoName
	}
	return Fault{Kind: kind, Field: field, Text: text[:min(len(text), maxFaultTextBytes)]}
}

// CheckSKU says why a text cannot be an SKU, a facility or a channel SKU; nil when it can. Everything that is not empty, at most
// MaxSKUBytes long, valid UTF-8 and free of NUL bytes can be one. The parameter what names the text in the error ("the SKU is empty").
func CheckSKU(what, text string) error {
	switch {
	case text == "":
		return fmt.Errorf("the %s is empty", what)
	case len(text) > MaxSKUBytes:
		return fmt.Errorf("the %s is %d bytes long; at most %d are accepted", what, len(text), MaxSKUBytes)
	case !utf8.ValidString(text):
		return fmt.Errorf("the %s %s is not valid UTF-8", what, Quoted(text))
	case strings.IndexByte(text, 0) >= 0:
		return fmt.Errorf("the %s %s contains a NUL byte", what, Quoted(text))
	}
	return nil
}

// Legible is true when the SKU or facility of a refused row is certainly what the source wrote. A text with U+FFFD, the replacement
// character, is not: something else stood there before it was decoded.
func Legible(text string) bool {
	return CheckSKU("text", text) == nil && !strings.ContainsRune(text, utf8.RuneError)
}

// maxReasonBytes is the longest place or reason of a refusal that is kept; longer ones are cut.
const maxReasonBytes = 2048

// presentable makes a text of a refused row fit to be stored: valid UTF-8 and at most so many bytes. A text that is fit stays as it is.
func presentable(text string, maxBytes int) string { return Beginning(Storable(text), maxBytes) }
