package ledger

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// maximumStatements is how many prepared statements a connection keeps. The longest, for 250 rows at once, takes about 200 kB.
const maximumStatements = 128

// keepStatements is a connector whose connections cache their prepared statements by text. Without it, SQLite spent a quarter of the time of
// a large run on preparing the same few statements again.
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

// engineConnection is what the driver's connections can do. keptConnection passes all of it on.
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

// keptConnection is a connection with a cache of prepared statements. Like any connection, it is used by one goroutine at a time.
type keptConnection struct {
	engineConnection
	kept  map[string]*list.Element
	order *list.List // of keptStatement, the last used in front
}

// keptStatement is a prepared statement. It is in use while the rows of its last run are being read, and cannot run again then.
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

// keepsText is true for texts that are worth caching. A PRAGMA is not: SQLite executes some of them while it prepares them (among them the
// one that sets how durable a commit is), so they must be prepared for each run.
func keepsText(text string) bool {
	for _, begin := range []string{"SELECT ", "WITH ", "INSERT ", "UPDATE ", "DELETE "} {
		if strings.HasPrefix(text, begin) {
			return true
		}
	}
	return false
}

// statement returns the cached statement of a text, and prepares it if needed; nil when the text must run without one.
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

// trim drops the least recently used statements beyond maximumStatements.
func (c *keptConnection) trim() error {
	for element := c.order.Back(); element != nil && c.order.Len() > maximumStatements; {
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

// ended ends the use of a statement. A statement that failed is dropped.
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

// keptRows are the rows of a cached statement, which is in use until they are closed.
type keptRows struct {
	driver.Rows
	connection *keptConnection
	statement  *keptStatement
}

// Close ends the use of the statement.
func (r *keptRows) Close() error {
	return r.connection.ended(r.statement, r.Rows.Close())
}

// Close drops the statements first. With a statement left, the connection would stay open, and the file's log would stay too.
func (c *keptConnection) Close() error {
	var failed error
	for element := c.order.Front(); element != nil; element = c.order.Front() {
		failed = errors.Join(failed, c.drop(element.Value.(*keptStatement)))
	}
	return errors.Join(failed, c.engineConnection.Close())
}

// Unwrap returns the driver's connection.
func (c *keptConnection) Unwrap() driver.Conn { return c.engineConnection }
