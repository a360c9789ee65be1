package inventory

import "errors"

// FaultKind is the reason why a row is refused, for programs. Refusal.Reason says it in words for people.
type FaultKind string

// The kinds of faults.
const (
	FaultAmbiguous    FaultKind = "ambiguous number" // it can be read as two different numbers, depending on how the warehouse writes numbers
	FaultFraction     FaultKind = "fraction"         // a number with a fraction
	FaultNumber       FaultKind = "number"           // a number in an unsupported form, or one that is too large
	FaultNumberText   FaultKind = "number as text"   // an API wrote a figure as text where a number is expected
	FaultText         FaultKind = "text"             // a word or code stands where a figure is expected
	FaultDressed      FaultKind = "dressed"          // a figure with the marks that a spreadsheet adds, like ="12"
	FaultUnit         FaultKind = "unit"             // a figure followed by something else, like 12 pcs
	FaultNegative     FaultKind = "negative"         // a figure below 0 in accountants' notation, like (12)
	FaultNoFigure     FaultKind = "no figure"        // no figure is reported
	FaultOnHandOnly   FaultKind = "on hand only"     // an on-hand figure is reported, but no available figure
	FaultNoName       FaultKind = "no name"          // the SKU, the facility or an id is missing
	FaultName         FaultKind = "name"             // the SKU or the facility has an unusable text
	FaultEncoding     FaultKind = "encoding"         // a text is invalid in the source's encoding
	FaultQuote        FaultKind = "quote"            // a quote stands inside a field that is not quoted
	FaultShort        FaultKind = "short row"        // the row lacks fields at its end that are not needed
	FaultTooShort     FaultKind = "too short row"    // the row lacks a field that is needed
	FaultLong         FaultKind = "long row"         // the row has more fields than the header, all of them empty
	FaultTooLong      FaultKind = "too long row"     // the row has more fields than the header
	FaultTime         FaultKind = "time"             // the time cannot be read, or lies in the future
	FaultMemberTwice  FaultKind = "member twice"     // a JSON object has a member twice
	FaultForm         FaultKind = "form"             // a part of an API's response has an unexpected form
	FaultDouble       FaultKind = "same level twice" // two rows have the same SKU and facility
	maxFaultTextBytes           = 200
)

// Fault is why a row is refused, as data.
type Fault struct {
	Kind  FaultKind
	Field string // the field that cannot be read; empty when the row as a whole is meant
	Text  string // the text in the source, at most its first 200 bytes, not escaped
}

// FaultError is the error of a function that cannot read a text.
type FaultError struct {
	Fault
	Reason string
	Cause  error // may be nil
}

func (e *FaultError) Error() string { return e.Reason }

func (e *FaultError) Unwrap() error { return e.Cause }

// Faulty wraps an error with its kind and the text that caused it.
func Faulty(kind FaultKind, text string, err error) *FaultError {
	return &FaultError{Fault: Fault{Kind: kind, Text: text}, Reason: err.Error(), Cause: err}
}

// Refuse sets the row's Problem and Fault, so that Accept refuses it.
func (r *Row) Refuse(fault Fault, problem string) {
	fault.Text = fault.Text[:min(len(fault.Text), maxFaultTextBytes)]
	r.Problem, r.Fault = problem, &fault
}

// RefuseFor refuses a row because of an error in one field. The kind is used for an error that is no FaultError.
func (r *Row) RefuseFor(field string, err error, kind FaultKind) {
	fault := Fault{Kind: kind}
	var faulty *FaultError
	if errors.As(err, &faulty) {
		fault = faulty.Fault
	}
	fault.Field = field
	r.Refuse(fault, field+": "+err.Error())
}

// FaultOf returns the fault for which Accept refuses a row; nil when Accept accepts it.
func FaultOf(row Row, quantity QuantityField) *Fault {
	fault, reason := refuse(row, quantity)
	if reason == "" {
		return nil
	}
	return &fault
}

// Words describe the kind in words.
func (k FaultKind) Words() string {
	if words, ok := faultWords[k]; ok {
		return words
	}
	return string(k)
}

var faultWords = map[FaultKind]string{
	FaultAmbiguous:   "the figure can be read as two numbers",
	FaultFraction:    "the figure is no whole number",
	FaultNumber:      "the figure is a number that is not read",
	FaultNumberText:  "the figure is written as text",
	FaultText:        "a text stands where a figure is expected",
	FaultDressed:     "the figure is dressed as a spreadsheet does it",
	FaultUnit:        "something stands behind the figure, like a unit",
	FaultNegative:    "the figure is negative as accountants write it",
	FaultNoFigure:    "there is no figure",
	FaultOnHandOnly:  "there is an on-hand figure, and no available one",
	FaultNoName:      "there is no SKU, or no name of a facility",
	FaultName:        "the SKU or the facility cannot be one",
	FaultEncoding:    "a text is not valid in the encoding",
	FaultQuote:       "a quote stands inside a field that is not in quotes",
	FaultShort:       "the row is short, but has all columns that are read",
	FaultTooShort:    "the row is short, and a column that is read is missing",
	FaultLong:        "the row has further fields, which are empty",
	FaultTooLong:     "the row has further fields",
	FaultTime:        "the time cannot be read, or has not come",
	FaultMemberTwice: "a name is given twice",
	FaultForm:        "a part of the answer has another form",
	FaultDouble:      "several rows are of the same SKU and facility",
}
