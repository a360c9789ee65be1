package ledger

import (
	"context"
	"database/sql"
	"strconv"
	"strings"
)

// dialect is what differs between the two databases.
type dialect interface {
	// rebind replaces the ? of a statement with the database's own placeholders.
	rebind(statement string) string
	// bulk adds rows to a statement as the common table expression "input", and their values to its arguments.
	bulk(rows table, statement string, arguments []any) (string, []any)
	// part returns how many of the left rows the next bulk statement takes.
	part(left int) int
	// set is a FROM item "j" with the column "value", which holds the texts of one argument. list makes that argument.
	set() string
	list(texts []string) any
	// lock is the suffix of a SELECT that locks the rows of one table until the end of the transaction. The table is given by
	// its name or alias in that SELECT.
	lock(table string) string
	// walk writes a numeric expression so that no index can be used for it, and the query walks along another index.
	walk(column string) string
	// analyze is a statement that updates the planner's statistics of a table after a large change; empty where none is needed.
	analyze(table string) string
	readIsolation() sql.IsolationLevel
	// scratch runs a write transaction that need not survive a power cut.
	scratch(ctx context.Context, db *sql.DB, work func(raw *sql.Tx) error) error
	// beginAgain is true for errors after which the same transaction should be begun again (the database broke a deadlock).
	beginAgain(err error) bool
	// explain adds ErrFull or ErrDamaged to an error that has this meaning.
	explain(err error) error
}

// kind is the type of a column of bulk input.
type kind int

const (
	text kind = iota
	number
	optional // a number or NULL
	truth
)

// column is one column of bulk input. Only the slice for its kind is set.
type column struct {
	name     string
	kind     kind
	texts    []string
	numbers  []int64
	optional []*int64
	truths   []bool
}

// table is bulk input, by columns.
type table struct {
	columns []column
	rows    int
}

// newTable makes a table with a number of rows. The caller adds the columns and fills them.
func newTable(rows int) *table { return &table{rows: rows} }

func (t *table) texts(name string) []string {
	t.columns = append(t.columns, column{name: name, kind: text, texts: make([]string, t.rows)})
	return t.columns[len(t.columns)-1].texts
}

func (t *table) numbers(name string) []int64 {
	t.columns = append(t.columns, column{name: name, kind: number, numbers: make([]int64, t.rows)})
	return t.columns[len(t.columns)-1].numbers
}

func (t *table) optionals(name string) []*int64 {
	t.columns = append(t.columns, column{name: name, kind: optional, optional: make([]*int64, t.rows)})
	return t.columns[len(t.columns)-1].optional
}

func (t *table) truths(name string) []bool {
	t.columns = append(t.columns, column{name: name, kind: truth, truths: make([]bool, t.rows)})
	return t.columns[len(t.columns)-1].truths
}

// slice is a view of the rows from begin up to, not including, end.
func (t *table) slice(begin, end int) table {
	part := table{columns: make([]column, len(t.columns)), rows: end - begin}
	for i, whole := range t.columns {
		part.columns[i] = column{name: whole.name, kind: whole.kind}
		switch whole.kind {
		case text:
			part.columns[i].texts = whole.texts[begin:end]
		case number:
			part.columns[i].numbers = whole.numbers[begin:end]
		case optional:
			part.columns[i].optional = whole.optional[begin:end]
		case truth:
			part.columns[i].truths = whole.truths[begin:end]
		}
	}
	return part
}

// names lists the columns.
func (t *table) names() string {
	names := make([]string, len(t.columns))
	for i, column := range t.columns {
		names[i] = column.name
	}
	return strings.Join(names, ", ")
}

// numbered replaces each ? of a statement with the sign and a number, such as $1, $2, …. Statements contain no other ?.
func numbered(statement string, sign byte) string {
	var out strings.Builder
	count := 0
	for {
		before, after, found := strings.Cut(statement, "?")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		count++
		out.WriteByte(sign)
		out.WriteString(strconv.Itoa(count))
		statement = after
	}
}
