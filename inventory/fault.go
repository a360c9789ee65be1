package inventory

import "errors"

// FaultKind names why a row is refused, for programs; the reason in words is for people.
type FaultKind string

// The kinds of faults.
const (
	FaultAmbiguous    FaultKind = "ambiguous number" // it is read as one number or as another, by how the warehouse writes them
	FaultFraction     FaultKind = "fraction"         // a number with a fraction
	FaultNumber       FaultKind = "number"           // a number of another form, or one that is too large
	FaultNumberText   FaultKind = "number as text"   // of an API, where figures are expected as numbers
	FaultText         FaultKind = "text"             // a word or code stands where a figure is expected
	FaultDressed      FaultKind = "dressed"          // a figure that is dressed as a spreadsheet does it
	FaultUnit         FaultKind = "unit"             // a figure with something behind it, like 12 pcs
	FaultNegative     FaultKind = "negative"         // a figure below 0 as accountants write it
	FaultNoFigure     FaultKind = "no figure"        // no figure is reported
	FaultOnHandOnly   FaultKind = "on hand only"     // an on-hand figure is reported, and no available one
	FaultNoName       FaultKind = "no name"          // the SKU, the facility or an id is missing
	FaultName         FaultKind = "name"             // the SKU or the facility cannot be one
	FaultEncoding     FaultKind = "encoding"         // a text is not valid in the encoding
	FaultQuote        FaultKind = "quote"            // a quote stands inside a field that is not quoted
	FaultShort        FaultKind = "short row"        // the row leaves out fields at its end that nobody reads
	FaultTooShort     FaultKind = "too short row"    // the row leaves out a field that is read
	FaultLong         FaultKind = "long row"         // the row has further fields, all of them empty
	FaultTooLong      FaultKind = "too long row"     // the row has further fields
	FaultTime         FaultKind = "time"             // the time cannot be read, or has not come
	FaultMemberTwice  FaultKind = "member twice"     // an object has a name twice
	FaultForm         FaultKind = "form"             // a part of an API's answer has another form than expected
	FaultDouble       FaultKind = "same level twice" // two rows are of one SKU in one facility
	maxFaultTextBytes           = 200
)

// Fault is why a row is refused, as data.
type Fault struct {
	Kind  FaultKind
	Field string // that cannot be read; empty where it is the row as a whole
	Text  string // as it stands in the source, at most 200 bytes of it; it may hold anything
}

// FaultError is the error of a text that cannot be read.
type FaultError struct {
	Fault
	Reason string
	Cause  error // may be nil
}

func (e *FaultError) Error() string { return e.Reason }

func (e *FaultError) Unwrap() error { return e.Cause }

// Faulty is an error with its kind, about a text as it stands.
func Faulty(kind FaultKind, text string, err error) *FaultError {
	return &FaultError{Fault: Fault{Kind: kind, Text: text}, Reason: err.Error(), Cause: err}
}

// Refuse makes a problem the row's, and keeps why as data.
func (r *Row) Refuse(fault Fault, problem string) {
	fault.Text = fault.Text[:min(len(fault.Text), maxFaultTextBytes)]
	r.Problem, r.Fault = problem, &fault
}

// RefuseFor makes an error about a field the row's problem. An error without a kind is of the kind that is given.
func (r *Row) RefuseFor(field string, err error, kind FaultKind) {
	fault := Fault{Kind: kind}
	var faulty *FaultError
	if errors.As(err, &faulty) {
		fault = faulty.Fault
	}
	fault.Field = field
	r.Refuse(fault, field+": "+err.Error())
}

// FaultOf says why a row is refused; nil when it is not.
func FaultOf(row Row, quantity QuantityField) *Fault {
	fault, reason := refuse(row, quantity)
	if reason == "" {
		return nil
	}
	return &fault
}

// Words say what rows of a kind have in common.
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
