package warehouses

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/inventory"
	"github.com/tidemark/tidemark/warehouses/jsonvalue"
)

// Policy is what a warehouse is set to, beside its driver's settings.
type Policy struct {
	Quantity inventory.QuantityField
	Repeated inventory.RepeatedPolicy
}

// Limits bound the fetch of a report.
type Limits struct {
	Rows  int64     // at most so many are looked at
	Until time.Time // no more are looked at after it; zero for no end
}

// Collector makes the Report of one fetch. A nil Collector, as in a run, wants to hear of nothing. It is for one goroutine.
type Collector struct {
	policy Policy
	limits Limits
	now    func() time.Time

	report Report
	odd    inventory.Oddities
	fields map[string]int    // index, by name as it is
	lines  map[string]string // of rows that were not passed on yet, by place
	seed   maphash.Seed
	levels map[uint64]*int64 // units by level; nil for one that two rows were of

	written map[uint64]string // of the first row of a level: its SKU as it stands, where that is another than the one that is read
}

// NewCollector makes a collector for a warehouse of which a figure counts.
func NewCollector(policy Policy, limits Limits, now func() time.Time) *Collector {
	return &Collector{
		policy: policy, limits: limits, now: now, fields: map[string]int{}, lines: map[string]string{}, seed: maphash.MakeSeed(),
		levels: map[uint64]*int64{}, written: map[uint64]string{},
		report: Report{
			Fields: []Field{}, Refusals: []Refusals{}, Facilities: []Facility{}, Largest: []Figure{}, Odd: []inventory.Oddity{}, odd: map[string]string{},
		},
	}
}

var errEnough = errors.New("enough was read for a report")

// Collect fetches as a first fetch does, and reports of it. Nothing is kept anywhere. A source that fails has a report that says why; the
// error is then returned too.
func Collect(ctx context.Context, source Source, policy Policy, limits Limits, now func() time.Time) (Report, error) {
	c := NewCollector(policy, limits, now)
	snapshot, err := source.Fetch(ctx, Request{Everything: true, Report: c}, c.sink)
	if errors.Is(err, errEnough) {
		err = nil
	}
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	r := c.done()
	r.From = inventory.Shown(snapshot.From, reportReason)
	if err != nil {
		r.Failed = inventory.Shown(err.Error(), 3*reportReason)
		var judged *Error
		if errors.As(err, &judged) {
			r.mends = judged.Mends
		}
	}
	return r, err
}

// done is the report of what was collected.
func (c *Collector) done() Report {
	r := c.report
	r.Odd = []inventory.Oddity{}
	for _, oddity := range c.odd.List() {
		oddity.Text, oddity.Advice = inventory.Shown(oddity.Text, reportReason), inventory.Shown(oddity.Advice, reportReason)
		examples := make([]inventory.Example, 0, len(oddity.Examples))
		for _, example := range oddity.Examples {
			examples = append(examples, inventory.Example{
				SKU: inventory.Shown(example.SKU, reportText), Facility: inventory.Shown(example.Facility, reportText), Place: inventory.Shown(example.Place, reportText),
			})
		}
		oddity.Examples = examples
		r.Odd = append(r.Odd, oddity)
	}
	return r
}

// Line is told of a line of a file as it is written, before anything is known of it. Only the first ones are kept.
func (c *Collector) Line(number int, raw []byte) {
	if c == nil || len(c.report.first) >= reportLines || len(c.report.first) > 0 && c.report.first[len(c.report.first)-1].number >= number {
		return
	}
	c.report.first = append(c.report.first, line{number, string(raw[:min(len(raw), reportLine)])})
}

// Columns is told of the columns of a file in their order, and what they are read as, by index. header is the line that names them, from
// 1; 0 when there is none.
func (c *Collector) Columns(header int, names []string, as map[int]string) {
	if c == nil {
		return
	}
	c.report.Header, c.report.Fields = header, nil
	for i, name := range names {
		if i == reportFields {
			c.report.MoreFields = len(names) - i
			break
		}
		c.report.Fields = append(c.report.Fields, Field{Name: inventory.Shown(name, reportText), As: as[i], name: name, Examples: []string{}})
	}
}

// Record is told of a row of a file as it is written, before the row is passed on.
func (c *Collector) Record(place string, raw []byte, fields [][]byte) {
	if c == nil {
		return
	}
	c.lines[place] = string(raw[:min(len(raw), reportLine)])
	for i, field := range fields[:min(len(fields), len(c.report.Fields))] {
		c.report.Fields[i].example(string(field))
	}
}

// Skipped is told how many lines are no rows by the settings.
func (c *Collector) Skipped(lines int) {
	if c != nil {
		c.report.Skipped = lines
	}
}

// Watch returns what sees the members of an API's items; nil when nobody wants to. used says what members are read as.
func (c *Collector) Watch(used map[string]string) func(name string, value jsonvalue.Value) {
	if c == nil {
		return nil
	}
	return func(name string, value jsonvalue.Value) {
		at, ok := c.fields[name]
		if !ok {
			if len(c.report.Fields) >= reportFields {
				c.report.MoreFields++
				return
			}
			at = len(c.report.Fields)
			c.fields[name] = at
			c.report.Fields = append(c.report.Fields, Field{Name: inventory.Shown(name, reportText), As: used[name], name: name, Examples: []string{}})
		}
		switch kind := value.Kind(); kind {
		case jsonvalue.Text:
			text, _ := value.Text()
			c.report.Fields[at].example(text)
		case jsonvalue.Object, jsonvalue.List:
			c.report.Fields[at].holds = true
			c.report.Fields[at].example("(" + strings.TrimPrefix(strings.TrimPrefix(string(kind), "an "), "a ") + ")")
		default:
			c.report.Fields[at].example(value.Raw())
		}
	}
}

// example notes what stands in a field.
func (f *Field) example(text string) {
	if len(f.Examples) == reportExamples || strings.TrimFunc(text, inventory.IsBlank) == "" {
		return
	}
	if text = inventory.Shown(text, reportText/2); !slices.Contains(f.Examples, text) {
		f.Examples = append(f.Examples, text)
	}
}

// sink looks at rows as they are read.
func (c *Collector) sink(_ context.Context, rows []inventory.Row) error {
	for _, row := range rows {
		if c.report.Rows >= c.limits.Rows {
			c.report.Limit = fmt.Sprintf("only the first %d rows were looked at, which is the limit", c.report.Rows)
			return errEnough
		}
		c.add(inventory.RefuseFuture(row, c.now()))
	}
	for _, oddity := range c.odd.List() {
		for _, example := range oddity.Examples {
			if raw, ok := c.lines[example.Place]; ok {
				c.report.odd[example.Place] = raw
			}
		}
	}
	clear(c.lines)
	if !c.limits.Until.IsZero() && !c.now().Before(c.limits.Until) {
		c.report.Limit = fmt.Sprintf("only the first %d rows were looked at, for the time was over", c.report.Rows)
		return errEnough
	}
	return nil
}

// add looks at one row.
func (c *Collector) add(row inventory.Row) {
	c.report.Rows++
	c.report.last = row.Place
	if inventory.NoLevel(row, c.policy.Quantity) {
		c.report.NoLevel++
		return
	}
	level, refusal := inventory.Accept(row, c.policy.Quantity)
	if refusal != nil {
		c.refuse(*inventory.FaultOf(row, c.policy.Quantity), row, refusal.Reason)
		return
	}
	c.odd.Add(row)
	if strings.HasPrefix(level.SKU, `"`) || strings.HasPrefix(level.Facility, `"`) {
		c.report.quoted++
	}
	c.count(row, level)
}

// count counts a level that was read, unless another row is of the same one: then neither counts.
func (c *Collector) count(row inventory.Row, level inventory.Level) {
	key := maphash.String(c.seed, level.Facility+"\x00"+level.SKU)
	before, ok := c.levels[key]
	switch {
	case ok && c.policy.Repeated == inventory.RepeatedSum:
		*before += level.Available
		c.report.Read++
		c.facility(level.Facility, 0, level.Available)
		c.largest(Figure{SKU: level.SKU, Facility: level.Facility, Units: *before, Place: row.Place})
		return
	case ok && before != nil:
		c.levels[key] = nil
		c.report.Read--
		c.facility(level.Facility, -1, -*before)
		c.refused(inventory.FaultDouble).Count++ // the row before, too
		fallthrough
	case ok:
		c.refuse(inventory.Fault{Kind: inventory.FaultDouble}, row, clash(cmp.Or(c.written[key], level.SKU), cmp.Or(row.Written, level.SKU)))
		return
	case len(c.levels) < reportLevels:
		if c.levels[key] = &level.Available; row.Written != "" {
			c.written[key] = row.Written
		}
	}
	c.report.Read++
	switch {
	case level.Available >= 1000:
		c.report.large++
	case level.Available != 0:
		c.report.small++
	}
	c.facility(level.Facility, 1, level.Available)
	c.largest(Figure{SKU: level.SKU, Facility: level.Facility, Units: level.Available, Place: row.Place})
}

// clash says why two rows are refused whose SKUs are read as the same.
func clash(before, now string) string {
	const both = "it is not known which one counts; both are refused"
	if before == now {
		return "another row before it is of the same SKU and facility, and " + both
	}
	return fmt.Sprintf("with undress %s is the same SKU as %s in a row before it, of the same facility, and %s; correct one of them, or leave undress out",
		quote(now), quote(before), both)
}

// reportLevels is how many levels are remembered to find those that two rows are of.
const reportLevels = 200_000

func (c *Collector) facility(name string, levels, units int64) {
	at := slices.IndexFunc(c.report.Facilities, func(facility Facility) bool { return facility.name == name })
	if at < 0 {
		if len(c.report.Facilities) >= reportFacilities {
			c.report.MoreFacilities += levels
			return
		}
		at = len(c.report.Facilities)
		c.report.Facilities = append(c.report.Facilities, Facility{Name: inventory.Shown(name, reportText), name: name})
	}
	c.report.Facilities[at].Levels += levels
	c.report.Facilities[at].Units += units
}

// largest keeps the largest figures.
func (c *Collector) largest(figure Figure) {
	figure.SKU, figure.Facility = inventory.Shown(figure.SKU, reportText), inventory.Shown(figure.Facility, reportText)
	figure.Place = inventory.Shown(figure.Place, reportText)
	all := slices.DeleteFunc(c.report.Largest, func(item Figure) bool { return item.SKU == figure.SKU && item.Facility == figure.Facility })
	c.report.Largest = all
	at := len(all)
	for at > 0 && all[at-1].Units < figure.Units {
		at--
	}
	if at >= reportExamples {
		return
	}
	c.report.Largest = slices.Insert(all, at, figure)[:min(len(all)+1, reportExamples)]
}

// refused is where the refusals of a kind are counted.
func (c *Collector) refused(kind inventory.FaultKind) *Refusals {
	for i := range c.report.Refusals {
		if c.report.Refusals[i].Kind == kind {
			return &c.report.Refusals[i]
		}
	}
	c.report.Refusals = append(c.report.Refusals, Refusals{Kind: kind})
	return &c.report.Refusals[len(c.report.Refusals)-1]
}

func (c *Collector) refuse(fault inventory.Fault, row inventory.Row, reason string) {
	c.report.Refused = c.report.Rows - c.report.Read - c.report.NoLevel
	kind := c.refused(fault.Kind)
	kind.Count++
	text := fault.Text
	if text == "" {
		text = c.lines[row.Place]
	}
	if header := c.report.header(); header != "" && header == c.lines[row.Place] {
		c.report.headers++
	}
	if len(kind.Examples) < reportExamples {
		kind.Examples = append(kind.Examples, RefusedRow{
			Place: inventory.Shown(row.Place, reportText), SKU: inventory.Shown(row.SKU, reportText),
			Facility: inventory.Shown(row.Facility, reportText), Field: inventory.Shown(fault.Field, reportText),
			Text: inventory.Shown(text, reportText), Reason: inventory.Shown(reason, reportReason),
		})
	}
	switch at := slices.IndexFunc(kind.Texts, func(item Text) bool { return item.raw == fault.Text }); {
	case at >= 0:
		kind.Texts[at].Count++
	case len(kind.Texts) < reportTexts:
		kind.Texts = append(kind.Texts, Text{Text: inventory.Shown(fault.Text, reportText), Count: 1, raw: fault.Text})
	default:
		kind.MoreTexts = true
	}
}
