package ledger

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// mostStatements is how many prepared statements a connection keeps. The longest, for 250 rows at once, is of about 200 kB.
const mostStatements = 128

// keepStatements is a connector whose connections keep the statements that they have prepared, by their text: a quarter of the
// time of a large run was SQLite's, preparing the same few statements again.
type keepStatements struct{ driver.Connector }

// Connect opens a connection.
func (k keepStatements) Connect(ctx context.Context) (driver.Conn, error) {
	opened, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	engine, ok := opened.(engineConnection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("ledger: the SQLite driver's connection %T cannot do what is needed of it", opened), opened.Close())
	}
	return &keptConnection{engineConnection: engine, kept: map[string]*list.Element{}, order: list.New()}, nil
}

// engineConnection is what a connection of the driver can do, all of which goes through.
type engineConnection interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// keptConnection is a connection with its prepared statements. Like any connection it is used by one goroutine at a time.
type keptConnection struct {
	engineConnection
	kept  map[string]*list.Element
	order *list.List // of keptStatement; the last used is in front
}

// keptStatement is a prepared statement. While the rows of its last run are read it is in use, and cannot run again.
type keptStatement struct {
	text   string
	driver engineStatement
	used   bool
}

type engineStatement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// keepsText is true for texts that are worth to be kept. A PRAGMA is not: SQLite carries some of them out while it prepares them, among
// them the one that says how durable a commit is, and prepares each anew for every run.
func keepsText(text string) bool {
	for _, begin := range []string{"SELECT ", "WITH ", "INSERT ", "UPDATE ", "DELETE "} {
		if strings.HasPrefix(text, begin) {
			return true
		}
	}
	return false
}

// statement is the kept statement of a text, prepared if need be; nil when the text is to run without one.
func (c *keptConnection) statement(ctx context.Context, text string) (*keptStatement, error) {
	if !keepsText(text) {
		return nil, nil
	}
	if element, ok := c.kept[text]; ok {
		kept := element.Value.(*keptStatement)
		if kept.used {
			return nil, nil
		}
		c.order.MoveToFront(element)
		kept.used = true
		return kept, nil
	}
	prepared, err := c.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	engine, ok := prepared.(engineStatement)
	if !ok {
		return nil, prepared.Close()
	}
	added := &keptStatement{text: text, driver: engine, used: true}
	c.kept[text] = c.order.PushFront(added)
	if err := c.trim(); err != nil {
		added.used = false
		return nil, err
	}
	return added, nil
}

// trim drops the statements that were not used for the longest time.
func (c *keptConnection) trim() error {
	for element := c.order.Back(); element != nil && c.order.Len() > mostStatements; {
		before := element.Prev()
		if old := element.Value.(*keptStatement); !old.used {
			if err := c.drop(old); err != nil {
				return err
			}
		}
		element = before
	}
	return nil
}

func (c *keptConnection) drop(kept *keptStatement) error {
	c.order.Remove(c.kept[kept.text])
	delete(c.kept, kept.text)
	return kept.driver.Close()
}

// ended notes that a statement has run. One that failed is not used again.
func (c *keptConnection) ended(kept *keptStatement, err error) error {
	kept.used = false
	if err != nil {
		return errors.Join(err, c.drop(kept))
	}
	return nil
}

// ExecContext runs a statement that returns no rows.
func (c *keptConnection) ExecContext(ctx context.Context, text string, arguments []driver.NamedValue) (driver.Result, error) {
	kept, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return c.engineConnection.ExecContext(ctx, text, arguments)
	}
	result, err := kept.driver.ExecContext(ctx, arguments)
	return result, c.ended(kept, err)
}

// QueryContext runs a query.
func (c *keptConnection) QueryContext(ctx context.Context, text string, arguments []driver.NamedValue) (driver.Rows, error) {
	kept, err := c.statement(ctx, text)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return c.engineConnection.QueryContext(ctx, text, arguments)
	}
	rows, err := kept.driver.QueryContext(ctx, arguments)
	if err != nil {
		return nil, c.ended(kept, err)
	}
	return &keptRows{Rows: rows, connection: c, statement: kept}, nil
}

// keptRows are the rows of a kept statement, which is in use until they are closed.
type keptRows struct {
	driver.Rows
	connection *keptConnection
	statement  *keptStatement
}

// Close ends the use of the statement.
func (r *keptRows) Close() error {
	return r.connection.ended(r.statement, r.Rows.Close())
}

// Close drops the statements first: a connection with a statement left stays open, and with it the file's log.
func (c *keptConnection) Close() error {
	var failed error
	for element := c.order.Front(); element != nil; element = c.order.Front() {
		failed = errors.Join(failed, c.drop(element.Value.(*keptStatement)))
	}
	return errors.Join(failed, c.engineConnection.Close())
}

// Unwrap is the driver's connection.
func (c *keptConnection) Unwrap() driver.Conn { return c.engineConnection }
