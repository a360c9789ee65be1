// Package crash names the moments at which Tidemark has just stored something durably, or sent it to somebody, and has not begun the next
// step yet. A process that dies at such a moment leaves the most work to others, so tests/chaos kills real processes at each of them.
//
// In a program that is built without the tag crash, At is an empty function and this package does nothing. With the tag, At kills its own
// process with SIGKILL when it passes a point for the nth time, as the environment says:
//
//	CRASH_AT=intent-written:2   kill at the second pass of this point
//	CRASH_BY=stop               stop the process with SIGSTOP instead, so that it can continue when others have taken over
//	CRASH_LOG=/path/to/file     append a line to the file at each pass, before a kill: "intent-written 2 1764460800123" is the point, how often it was
//	                            passed so far, and the time in milliseconds since 1970
package crash

// Point is a moment at which a process may be killed.
type Point string

// The points, in the order in which a run, an event and an upload pass them. Their values are names that tests/chaos and its recorded draws
// use.
const (
	RunBegun          Point = "run-begun"          // a run is in the ledger, and its workflow does not know it yet
	SnapshotBegun     Point = "snapshot-begun"     // a snapshot is in the ledger, and has no rows yet
	PageStaged        Point = "page-staged"        // a page of a snapshot is staged, and the next one is not read yet
	SnapshotConfirmed Point = "snapshot-confirmed" // a snapshot with the same pages as the last one counts as read
	SnapshotRecorded  Point = "snapshot-recorded"  // the levels of a snapshot are visible, and the workflow does not know it yet
	FetchEnded        Point = "fetch-ended"        // the run has noted that it has fetched, and its workflow does not know it yet
	StoreTaken        Point = "store-taken"        // a run has acquired its store, and its workflow does not know it yet
	DeadRunClosed     Point = "dead-run-closed"    // a run whose workflow is over is closed, and the next one has not begun
	PageResolved      Point = "page-resolved"      // a page of rows is due, and the cursor has not moved yet
	CursorMoved       Point = "cursor-moved"       // everything that changed is due, and the workflow does not know it yet
	HoldRecorded      Point = "hold-recorded"      // a run waits for a person, and has not released its store yet
	DecisionRecorded  Point = "decision-recorded"  // a hold is decided, and its workflows do not know it yet
	IntentWritten     Point = "intent-written"     // the intents of calls are in the ledger, and none of the calls is made yet
	ResendNoted       Point = "resend-noted"       // an open call is about to be sent again, or to be polled
	CallAnswered      Point = "call-answered"      // a store has done what a call asks for, and the ledger does not know it yet
	AnswerWritten     Point = "answer-written"     // the response is in the ledger, and the next call has not begun
	CallAbandoned     Point = "call-abandoned"     // a call without a response is abandoned, and its rows are in no new call yet
	PushEnded         Point = "push-ended"         // the run has noted that it has pushed, and its workflow does not know it yet
	RunEnded          Point = "run-ended"          // a run has ended and released its store, and its workflow does not know it yet
	EventsProven      Point = "events-proven"      // events have arrived and are authenticated, and none of them is stored yet
	EventsHanded      Point = "events-handed"      // events are with Temporal, and their sender does not know it yet
	UpdatesRecorded   Point = "updates-recorded"   // events are in the ledger, and no sync is requested for them yet
	SyncRequested     Point = "sync-requested"     // a sync of a connection is requested, and the intake does not know it yet
	StepDoneAtOnce    Point = "step-done-at-once"  // a step was done within a workflow task that has not ended
	UploadStaged      Point = "upload-staged"      // all rows of an upload are staged, and its intake does not know it yet
	UploadHanded      Point = "upload-handed"      // the intake knows about an upload, and its sender does not know that yet
	UploadRecorded    Point = "upload-recorded"    // the levels of an upload are visible, and no sync is requested for them yet
	BeforeCommit      Point = "before-commit"      // a write transaction has done everything but the commit
	Committed         Point = "committed"          // a transaction is committed, and its caller does not know it yet
	DefinitionsStored Point = "definitions-stored" // definitions are in the ledger, and their schedules are not updated yet
)

// Points returns all points.
func Points() []Point {
	return []Point{
		RunBegun, SnapshotBegun, PageStaged, SnapshotConfirmed, SnapshotRecorded, FetchEnded, StoreTaken, DeadRunClosed, PageResolved,
		CursorMoved, HoldRecorded, DecisionRecorded, IntentWritten, ResendNoted, CallAnswered, AnswerWritten, CallAbandoned, PushEnded, RunEnded,
		EventsProven, EventsHanded, UpdatesRecorded, SyncRequested, StepDoneAtOnce, UploadStaged, UploadHanded, UploadRecorded, BeforeCommit, Committed,
		DefinitionsStored,
	}
}
