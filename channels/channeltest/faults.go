package channeltest

import "github.com/tidemark/tidemark/channels"

// Fault is a way in which a store's response can be spoiled.
type Fault string

// The faults. Those up to Marked are the same for every store and made by Front; the last four belong to a store's protocol
// and are made by its fake.
const (
	None Fault = ""

	ThrottleSeconds Fault = "throttled, with seconds"      // nothing applied
	ThrottleDate    Fault = "throttled, with a date"       // nothing applied
	ThrottleSilent  Fault = "throttled, without a time"    // nothing applied
	ServerError     Fault = "the server fails"             // nothing applied, status 500
	Unavailable     Fault = "the server is unavailable"    // nothing applied, status 503
	LostAnswer      Fault = "the answer is lost"           // applied, then the connection breaks
	CutAnswer       Fault = "the answer is cut"            // applied, the body ends in the middle
	EmptyAnswer     Fault = "the answer is empty"          // applied, status 200
	WrongJSON       Fault = "the answer is not JSON"       // applied, status 200
	OtherJSON       Fault = "the answer is other JSON"     // applied, status 200, an empty object
	Notice          Fault = "a notice before the answer"   // applied, status 200, with a secret in it
	HTML            Fault = "the answer is a page"         // nothing applied, status 200
	HugeAnswer      Fault = "the answer has no end"        // applied
	SlowAnswer      Fault = "the answer drips"             // applied
	NoAnswer        Fault = "the answer does not come"     // applied
	Redirect        Fault = "redirected"                   // nothing applied, status 302
	Unauthorized    Fault = "the credential is not taken"  // nothing applied, status 401
	Forbidden       Fault = "the permission is missing"    // nothing applied, status 403
	Nowhere         Fault = "nothing is at the address"    // nothing applied, status 404
	TooLarge        Fault = "the call is too large"        // nothing applied, status 413
	Marked          Fault = "a byte order mark"            // before a right answer
	UnnamedOffender Fault = "an offender is not named"     // the whole call is refused
	Reordered       Fault = "results are in another order" // than the items of the call
	Shortened       Fault = "the last result is missing"   // though its item was applied
	Stray           Fault = "a result for an unasked item" // on top of the others, or in the place of an offender

	// What a Closing may be, to be excused where the store's form cannot show it.
	Closed          Fault = "an item is refused"
	ItemServerError Fault = "a server error on one item" // a status of 429 or 500 and more
	Nameless        Fault = "an error names no item"
)

// Closing is how a store refuses one item while it takes others: one that is archived or somebody else's, or for whose figure its database
// is not free. A fake says it in the store's own form: as the response to a call that can be about this item only, as the item's own result
// in a response that has one for each, or as an error about the call that names it.
type Closing struct {
	Status int    // what the item's answer has, or would have if it had come alone
	Words  string // the store's
	// Nameless leaves out of the response which item is meant: its id is null, 0 or missing.
	Nameless bool
	// Whole has a call that names the item answered with the status as a whole, whatever else is in it.
	Whole bool
	// Reads has calls that name the item and only read answered so, whatever else is in them: look-ups, and questions what became of its
	// figure. Calls that set its figure are taken.
	Reads bool
}

// outcome is what a driver must make of a fault.
type outcome struct {
	whole  bool           // the call fails as a whole with an error
	next   channels.Next  // of the error
	maybe  bool           // the store may show the figures nonetheless
	slow   bool           // the caller's patience ends before the response
	shapes map[Shape]bool // the shapes that can show it; nil means all
}

var outcomes = map[Fault]outcome{
	ThrottleSeconds: {whole: true, next: channels.Wait},
	ThrottleDate:    {whole: true, next: channels.Wait},
	ThrottleSilent:  {whole: true, next: channels.Wait},
	ServerError:     {whole: true, next: channels.Resend},
	Unavailable:     {whole: true, next: channels.Resend},
	LostAnswer:      {whole: true, next: channels.Resend, maybe: true},
	CutAnswer:       {whole: true, next: channels.Resend, maybe: true},
	EmptyAnswer:     {whole: true, next: channels.Resend, maybe: true},
	WrongJSON:       {whole: true, next: channels.Resend, maybe: true},
	OtherJSON:       {whole: true, next: channels.Resend, maybe: true},
	Notice:          {whole: true, next: channels.Resend, maybe: true},
	HTML:            {whole: true, next: channels.Resend},
	HugeAnswer:      {whole: true, next: channels.Resend, maybe: true},
	SlowAnswer:      {whole: true, next: channels.Resend, maybe: true, slow: true},
	NoAnswer:        {whole: true, next: channels.Resend, maybe: true, slow: true},
	Redirect:        {whole: true, next: channels.AskPerson},
	Unauthorized:    {whole: true, next: channels.AskPerson},
	Forbidden:       {whole: true, next: channels.AskPerson},
	Nowhere:         {whole: true, next: channels.AskPerson},
	TooLarge:        {whole: true, next: channels.Smaller},

	UnnamedOffender: {shapes: map[Shape]bool{AllOrNothing: true}},
	Reordered:       {shapes: map[Shape]bool{PerItem: true, Submit: true}},
	Shortened:       {shapes: map[Shape]bool{PerItem: true, Submit: true}},
	Stray:           {shapes: map[Shape]bool{AllOrNothing: true, PerItem: true, Submit: true}},
	Closed:          {},
	ItemServerError: {shapes: map[Shape]bool{PerItem: true, Submit: true, Single: true}},
	Nameless:        {shapes: map[Shape]bool{PerItem: true, Submit: true}},
}
