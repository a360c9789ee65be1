// Package crash names the moments at which Tidemark has just made something durable, or told it to somebody, and has not done the next step
// yet. A process that dies at such a moment leaves the most for others to finish, so tests/chaos kills real processes at each.
//
// In a program that is built without the tag crash, At is an empty function and this package does nothing. With the tag, At kills its own
// process with SIGKILL when it has passed a point as often as the environment says:
//
//	CRASH_AT=intent-written:2   at the second pass
//	CRASH_BY=stop               stops it with SIGSTOP instead, so that it can go on when others have taken over
//	CRASH_LOG=/path/to/file     each pass is added to the file, before the process dies of it, as a line "intent-written 2 1764460800123": the
//	                            point, its passes so far, and the time in milliseconds since 1970
package crash

// Point is a moment at which a process may be killed.
type Point string

// The points, in the order in which a run, an event and an upload pass them.
const (
	RunBegun          Point = "run-begun"          // a run is in the ledger, and its workflow does not know
	SnapshotBegun     Point = "snapshot-begun"     // a snapshot is in the ledger, and has no rows yet
	PageStaged        Point = "page-staged"        // a page of a snapshot is staged, and the next is not read
	SnapshotConfirmed Point = "snapshot-confirmed" // a snapshot with the pages of the last one counts as read
	SnapshotRecorded  Point = "snapshot-recorded"  // the levels of a snapshot are visible, and nobody knows of it
	FetchEnded        Point = "fetch-ended"        // the run says that it has fetched, and its workflow does not know
	StoreTaken        Point = "store-taken"        // a run has its store, and its workflow does not know
	DeadRunClosed     Point = "dead-run-closed"    // a run whose workflow is over is closed, and the next one not begun
	PageResolved      Point = "page-resolved"      // a page of rows is due, and the cursor has not moved
	CursorMoved       Point = "cursor-moved"       // all that changed is due, and the workflow does not know
	HoldRecorded      Point = "hold-recorded"      // a run waits for a person, and still has its store
	DecisionRecorded  Point = "decision-recorded"  // a hold is answered, and its workflows do not know
	IntentWritten     Point = "intent-written"     // calls are in the ledger, and none of them is made
	ResendNoted       Point = "resend-noted"       // an open call is about to be sent again, or asked about
	CallAnswered      Point = "call-answered"      // a store has done what a call asks, and the ledger does not know
	AnswerWritten     Point = "answer-written"     // the ledger knows, and the next call has not begun
	CallAbandoned     Point = "call-abandoned"     // a call without an answer is given up, and its rows are not in another one
	PushEnded         Point = "push-ended"         // the run says that it has pushed, and its workflow does not know
	RunEnded          Point = "run-ended"          // a run is ended and its store given back, and its workflow does not know
	EventsProven      Point = "events-proven"      // events have come and are believed, and nothing of them is durable
	EventsHanded      Point = "events-handed"      // events are with Temporal, and their sender does not know
	UpdatesRecorded   Point = "updates-recorded"   // events are in the ledger, and nobody has asked for a sync of them
	SyncRequested     Point = "sync-requested"     // a connection is asked to sync, and the intake does not know
	StepDoneAtOnce    Point = "step-done-at-once"  // a step was done within a workflow task that has not ended
	UploadStaged      Point = "upload-staged"      // all rows of an upload are staged, and its intake does not know
	UploadHanded      Point = "upload-handed"      // the intake knows of an upload, and its sender does not know that
	UploadRecorded    Point = "upload-recorded"    // the levels of an upload are visible, and nobody has asked for a sync of them
	BeforeCommit      Point = "before-commit"      // a transaction that writes has done all its work but to commit
	Committed         Point = "committed"          // a transaction has been committed, and who made it does not know
	DefinitionsStored Point = "definitions-stored" // definitions are in the ledger, and their schedules are as they were
)

// Points are all points.
func Points() []Point {
	return []Point{
		RunBegun, SnapshotBegun, PageStaged, SnapshotConfirmed, SnapshotRecorded, FetchEnded, StoreTaken, DeadRunClosed, PageResolved,
		CursorMoved, HoldRecorded, DecisionRecorded, IntentWritten, ResendNoted, CallAnswered, AnswerWritten, CallAbandoned, PushEnded, RunEnded,
		EventsProven, EventsHanded, UpdatesRecorded, SyncRequested, StepDoneAtOnce, UploadStaged, UploadHanded, UploadRecorded, BeforeCommit, Committed,
		DefinitionsStored,
	}
}
