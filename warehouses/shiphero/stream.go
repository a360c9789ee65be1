package shiphero

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/tidemark/tidemark/warehouses"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// Why a file is not believed. Which part of it was read says nothing that could be kept.
var (
	errNotJSON   = errors.New("its file is not one JSON object, whole and with nothing behind it")
	errForm      = errors.New("its file has not the form of a snapshot that groups products by account")
	errOther     = errors.New("its file is that of another snapshot")
	errTwice     = errors.New("its file holds a member twice")
	errNoProduct = errors.New("its file holds no products")
)

// stream reads the file of a snapshot and passes its rows on as they come. A file looks like
//
//	{"snapshot_id": …, "products": {account: {sku: {"sku": …, "warehouse_products": {warehouse: {"available": …}}}}}}
//
// and is believed when it ends as JSON does, is that of the snapshot that was asked for, and held products.
func (s *source) stream(ctx context.Context, file *meter, id string, sink warehouses.Sink) (seen, error) {
	r := &reading{decoder: json.NewDecoder(file), file: file, warehouse: s.warehouse, stock: stock{figures: s.figures}}
	r.pass = func() error {
		err := warehouses.Pass(ctx, r.stock.rows, sink)
		r.stock.rows = r.stock.rows[:0]
		return err
	}
	err := r.snapshot(id)
	if err == nil {
		err = r.pass()
		r.stopped = err
	}
	switch {
	case r.stopped != nil: // the sink's error is the sink's
		return seen{}, r.stopped
	case err != nil:
		return seen{}, s.doubted("%v", err)
	}
	return r.stock.seen, nil
}

// reading is the way through a file.
type reading struct {
	decoder   *json.Decoder
	file      *meter
	raw       json.RawMessage // of the last value; its memory is used again
	stock     stock
	warehouse string
	products  int
	pass      func() error
	stopped   error // by pass
}

// snapshot reads the whole file.
func (r *reading) snapshot(id string) error {
	given := map[string]bool{}
	text, listed := "", false
	err := r.object(func(name string) error {
		if given[strings.ToLower(name)] {
			return errTwice
		}
		given[strings.ToLower(name)] = true
		if name == "products" {
			listed = true
			return r.object(r.account)
		}
		value, err := r.value()
		if name == "snapshot_id" {
			text, _ = value.Text()
		}
		return err
	})
	if err != nil {
		return err
	}
	if _, err := r.decoder.Token(); !errors.Is(err, io.EOF) {
		return errNotJSON
	}
	switch {
	case !listed:
		return errNoProduct
	case text != id:
		return errOther
	}
	return nil
}

// account reads the products of one account.
func (r *reading) account(account string) error {
	return r.object(func(sku string) error {
		value, err := r.value()
		switch {
		case err != nil:
			return err
		case value.Kind() != jsonvalue.Object: // in the old format, there would be the members of a product here
			return errForm
		}
		r.products++
		r.stock.of(account)
		r.stock.product(value, sku, "product "+strconv.Itoa(r.products), r.warehouse)
		if len(r.stock.rows) >= warehouses.SinkRows {
			r.stopped = r.pass()
		}
		return r.stopped
	})
}

// object has take read the value of each member.
func (r *reading) object(take func(name string) error) error {
	start, err := r.decoder.Token()
	if err != nil {
		return errNotJSON
	}
	if start != json.Delim('{') {
		return errForm
	}
	for r.decoder.More() {
		r.file.single = mostProduct
		token, err := r.decoder.Token()
		if err != nil {
			return errNotJSON
		}
		name, _ := token.(string) // a member has a name, or the decoder would have failed
		if err := take(name); err != nil {
			return err
		}
	}
	if _, err := r.decoder.Token(); err != nil {
		return errNotJSON
	}
	return nil
}

// value reads one value whole.
func (r *reading) value() (jsonvalue.Value, error) {
	if err := r.decoder.Decode(&r.raw); err != nil {
		return jsonvalue.Value{}, errNotJSON
	}
	value, err := jsonvalue.Parse(r.raw)
	if err != nil {
		return jsonvalue.Value{}, errNotJSON
	}
	return value, nil
}
