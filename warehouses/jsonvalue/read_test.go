package jsonvalue_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

func TestFoundShowsNothingOfAnAnswer(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"": "nothing", " \n": "nothing", "<html>": "an HTML page", `{"a":1}`: "JSON of another form", "[1]": "JSON of another form",
		`{"a":1`: "JSON that breaks off or goes on after its end", "[1][2]": "JSON that breaks off or goes on after its end", "no": "something else",
	} {
		require.Equal(t, want, jsonvalue.Found([]byte(body)), body)
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`{"data":{"next":null,"rows":[1]}}`:        "",
		`{"data":[]}`:                              `data: expected an object with "rows", found a list`,
		`{"rows":[1]}`:                             `"data" is missing`,
		`{"data":{"rows":[1]}}`:                    `"next" is missing`,
		`{"data":{"rows":[1],"next":2},"DATA":{}}`: `"DATA" is given twice`,
		`{"data":{"rows":[1],"next":2,"Rows":[]}}`: `"Rows" is given twice`,
	} {
		value, err := jsonvalue.Parse([]byte(document))
		require.NoError(t, err)
		data, err := value.Descend("data")
		var parts []jsonvalue.Value
		if err == nil {
			parts, err = data.Parts("data", "rows", "next")
		}
		if want != "" {
			require.EqualError(t, err, want, document)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, []string{"[1]", "null"}, []string{parts[0].Raw(), parts[1].Raw()})
	}
}

// TestReadRow: the first error is the row's Problem, unless a name is given twice, and the row is read on after it.
func TestReadRow(t *testing.T) {
	t.Parallel()
	_, noWholeNumber := inventory.ParseQuantity("7.0")
	require.Error(t, noWholeNumber)
	for item, want := range map[string]inventory.Row{
		`{"available":7,"id":1,"sku":"A"}`:     {SKU: "A", Available: new(int64(7))},
		`{"available":null,"id":1,"sku":null}`: {},
		`{"available":"7","id":0,"sku":"A"}`:   {SKU: "A", Problem: "available: expected a whole number, found text"},
		`{"available":7.0,"id":1,"sku":"A"}`:   {SKU: "A", Problem: "available: " + noWholeNumber.Error()},
		`{"available":7,"id":0,"sku":"A"}`:     {SKU: "A", Available: new(int64(7)), Problem: "id: expected a positive whole number, found a number"},
		`{"available":7,"id":1,"sku":5}`:       {Available: new(int64(7)), Problem: "sku: expected text, found a number"},
		`{"available":7,"sku":"\ud800"}`: {
			SKU: "\ufffd", Available: new(int64(7)),
			Problem: "sku: the text holds a character that is not valid Unicode",
		},
		`{"available":"7","sku":"A","odd":1,"ODD":2}`: {SKU: "A", Problem: `"ODD" is given twice; it is not known which one is meant`},
	} {
		value, err := jsonvalue.Parse([]byte(item))
		require.NoError(t, err)
		var row inventory.Row
		jsonvalue.ReadRow(&row, value, func(name string, member jsonvalue.Value) (err error) {
			switch name {
			case "available":
				row.Available, err = jsonvalue.ReadQuantity(member)
			case "id":
				_, err = jsonvalue.ReadID(member)
			case "sku":
				row.SKU, err = jsonvalue.ReadText(member)
			}
			return err
		})
		require.Equal(t, want.Problem != "", row.Fault != nil, item)
		row.Fault = nil
		require.Equal(t, want, row, item)
	}
}

// A row that names its SKU twice is of neither.
func TestARowThatNamesItsSKUTwice(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]inventory.Row{
		`{"code":"A","place":"east","units":5}`:               {SKU: "A", Facility: "east"},
		`{"code":"A","place":"east","code":"B"}`:              {Facility: "east"},
		`{"code":"A","code":"A","place":"east"}`:              {Facility: "east"},
		`{"code":"A","place":"east","PLACE":"west"}`:          {SKU: "A"},
		`{"code":"A","place":"east","units":5,"Units":"six"}`: {SKU: "A", Facility: "east"},
	} {
		object, err := jsonvalue.Parse([]byte(text))
		require.NoError(t, err)
		var row inventory.Row
		jsonvalue.ReadRow(&row, object, func(name string, member jsonvalue.Value) (err error) {
			switch name {
			case "code":
				row.SKU, err = jsonvalue.ReadText(member)
			case "place":
				row.Facility, err = jsonvalue.ReadText(member)
			}
			return err
		})
		require.Equal(t, want, inventory.Row{SKU: row.SKU, Facility: row.Facility}, text)
	}
}

func TestReadDocument(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ body, fault string }{
		"whole":          {`{"items":[],"next":null,"more":1}`, ""},
		"missing":        {`{"items":[]}`, `"next" is missing`},
		"twice":          {`{"items":[],"Next":1,"next":null}`, `"next" is given twice`},
		"a list":         {`[]`, "expected an object, found a list"},
		"not JSON":       {`{"items":`, "breaks off"},
		"a wrong member": {`{"items":7,"next":null}`, "items: expected a list, found a number"},
	} {
		err := jsonvalue.ReadDocument([]byte(test.body), []string{"items", "next"}, func(name string, member jsonvalue.Value) error {
			if name == "items" {
				return member.List(name, func(int, jsonvalue.Value) error { return nil })
			}
			return nil
		})
		if test.fault == "" {
			require.NoError(t, err, name)
			continue
		}
		require.ErrorContains(t, err, test.fault, name)
	}
}

func TestIsObject(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{`{}`: "", `7`: "expected an object, found a number", `null`: "expected an object, found null"} {
		value, err := jsonvalue.Parse([]byte(raw))
		require.NoError(t, err)
		var row inventory.Row
		require.Equal(t, want == "", jsonvalue.IsObject(&row, value), raw)
		require.Equal(t, want, row.Problem, raw)
	}
}
