package inventory

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Accept decides whether a row is believed. It returns the level, or why not.
//
// A row is believed whole or not at all: a figure that is out of bounds refuses the row even where another figure of it is
// the one that is taken, because whoever wrote one absurd figure may have shifted a column. A negative figure is recorded as
// it was reported. SKUs are opaque: they are never trimmed, folded or normalised.
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

// NoLevel is true for a row that states that there is no level: it is passed over, as if the source had not named it. A row that
// cannot be read states nothing.
func NoLevel(row Row, quantity QuantityField) bool {
	if quantity == QuantityOnHand {
		return row.Problem == "" && row.NoOnHand
	}
	return row.Problem == "" && row.NoAvailable
}

// futureTolerance is how far ahead of our clock a source's may be: clocks go wrong, and a source may leave its time zone out.
const futureTolerance = 24 * time.Hour

// RefuseFuture sees to a row that says that it was reported at a time that has not come: it would make everything that is reported until then
// look old. It counts as of now, our clock; one that is further ahead than clocks go wrong has a problem.
func RefuseFuture(row Row, now time.Time) Row {
	switch {
	case row.Problem != "" || !row.ReportedAt.After(now):
	case row.ReportedAt.After(now.Add(futureTolerance)):
		at := row.ReportedAt.UTC().Format(time.RFC3339)
		row.Refuse(Fault{Kind: FaultTime, Field: "reported_at", Text: at},
			fmt.Sprintf("it says that it was reported at %s, which has not come yet; correct the source's clock, or how its times are read", at))
	default:
		row.ReportedAt = now.UTC()
	}
	return row
}

// refuse returns why a row is not believed; the reason is empty when it is.
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

// nameFault is what is wrong with a SKU or a facility.
func nameFault(field, text string) Fault {
	kind := FaultName
	if text == "" {
		kind = FaultNoName
	}
	return Fault{Kind: kind, Field: field, Text: text[:min(len(text), maxFaultTextBytes)]}
}

// CheckSKU says why a text cannot be an SKU, a facility or a channel SKU. Any other text can: it is opaque. What is named
// in the error ("the SKU is empty").
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

// Legible is true for the SKU or facility of a refused row that can be believed. One with a replacement character was something else
// before it was read.
func Legible(text string) bool {
	return CheckSKU("text", text) == nil && !strings.ContainsRune(text, utf8.RuneError)
}

// maxReasonBytes is the longest place or reason of a refusal that is kept.
const maxReasonBytes = 2048

// presentable is a text of a refused row, fit to be stored and not too long. A text that is fit stays as it is.
func presentable(text string, most int) string { return Beginning(Storable(text), most) }
