package console

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// tuneView is the page that says how often Smart Sync should run.
type tuneView struct {
	ID, Merchant        string
	Advised, Today      string
	Facts               []fact
	Why                 []string
	Curve               template.HTML
	Version             int64
	Applicable, Applied bool
	Schedule            string // address of the editor
	Setting             string
}

func (c *Console) tunePage(ctx context.Context, q request) (page, error) {
	id := q.path("id")
	advice, err := c.options.Control.Advise(ctx, id)
	if err != nil {
		return page{}, err
	}
	connection, pulse, err := c.connection(ctx, id)
	if err != nil {
		return page{}, err
	}
	view := viewTune(advice)
	view.Merchant = connection.Merchant
	shown := frame("How often "+id+" should run", pulse, clockOf(q.now, connection.Inventory.Timezone))
	shown.Body = view
	return shown, nil
}

func viewTune(advice control.Advice) tuneView {
	view := tuneView{
		ID: advice.Connection, Why: advice.Why, Version: advice.Setting.Version, Applicable: advice.Applicable, Applied: advice.Applied,
		Schedule: schedulePath(advice.Connection, ledger.Smart), Today: control.ScheduleWords(advice.Setting.Schedule),
		Setting: sentence(control.SettingWords(advice.Setting)),
	}
	view.Facts = []fact{{"Runs measured", number(int64(advice.Runs)), fmt.Sprintf("at least %d are needed", advice.Needed)}}
	if advice.Runs > 0 {
		view.Facts = append(view.Facts,
			fact{"Median run time", span(advice.P50), "half of the runs took longer"},
			fact{"95th percentile", span(advice.P95), "5 % of the runs took longer"}, fact{"Longest run", span(advice.Longest), ""},
			fact{"Rows changed per run", strconv.FormatFloat(advice.ChangedRows, 'f', 1, 64), fmt.Sprintf("%s with a change", count(int64(advice.Changed), "run"))},
			fact{"Waited for the store", count(int64(advice.Waited), "run"), "its budget was used up"},
			fact{"Skipped starts", number(int64(advice.Skipped)), "a run was under way"},
		)
	}
	if advice.Interval > 0 {
		view.Advised = control.RuleWords([]ledger.Rule{{Every: advice.Interval}})[0]
		view.Curve = ageCurve(advice, "wide", curveWide) + ageCurve(advice, "narrow", curveNarrow)
	}
	return view
}

func (c *Console) actAdvice(undo bool) act {
	return func(ctx context.Context, r *http.Request) (string, notice, error) {
		id := r.PathValue("id")
		to := connectionPath(id) + "/tune"
		version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
		if err != nil {
			return to, notice{}, unclear("the form does not say on which version it was made; open the page again")
		}
		word, edited := "Applied", control.ScheduleEditResult{}
		if undo {
			word = "Undone"
			edited, err = c.options.Control.UndoAdvice(ctx, id, version)
		} else {
			edited, err = c.options.Control.ApplyAdvice(ctx, id, version, by(ctx))
		}
		if err != nil {
			return to, notice{}, err
		}
		return to, editedNotice(word, edited), nil
	}
}

const (
	curveLeft            = 66.0
	curveTop, curveFloor = 34.0, 174.0
	curvePoints          = 120
	curveLabel           = 190
)

// The two widths that a curve is drawn in, in the units of its letters. A page shows the one that fits its window.
const (
	curveWide   = 740.0
	curveNarrow = 330.0
)

// ageCurve draws how old the store's figures are with an interval, on average, with today's interval and the advised one.
func ageCurve(advice control.Advice, class string, all float64) template.HTML {
	wide := all - curveLeft - 30
	most := 2 * max(advice.Interval, advice.Today)
	_, worst := advice.Ages(most)
	top := scaleTop(worst)
	x := func(interval time.Duration) float64 { return curveLeft + float64(interval)/float64(most)*wide }
	y := func(old time.Duration) float64 { return curveFloor - float64(old)/float64(top)*(curveFloor-curveTop) }
	var b, average, worse strings.Builder
	for n := 1; n <= curvePoints; n++ {
		interval := most * time.Duration(n) / curvePoints
		mean, worst := advice.Ages(interval)
		step := "L"
		if n == 1 {
			step = "M"
		}
		fmt.Fprintf(&average, "%s%.1f %.1f ", step, x(interval), y(mean))
		fmt.Fprintf(&worse, "%s%.1f %.1f ", step, x(interval), y(min(worst, top)))
	}
	words := fmt.Sprintf("Every %s, figures are %s old on average and %s at worst.", span(advice.Interval), span(advice.Average), span(advice.Worst))
	if advice.Today > 0 {
		words += fmt.Sprintf(" Today, every %s, %s and %s.", span(advice.Today), span(advice.TodayAverage), span(advice.TodayWorst))
	}
	fmt.Fprintf(&b, `<svg class="chart curve %s" viewBox="0 0 %.0f 200" role="img" aria-label="%s">`, class, all, words)
	fmt.Fprintf(&b, `<line class="axis" x1="%.0f" x2="%.0f" y1="%.1f" y2="%.1f"/>`, curveLeft, curveLeft+wide, curveFloor+.5, curveFloor+.5)
	for _, part := range []time.Duration{top / 2, top} {
		fmt.Fprintf(&b, `<line class="grid" x1="%.0f" x2="%.0f" y1="%[3]f" y2="%[3]f"/><text x="%.0f" y="%.1f" text-anchor="end">%s</text>`,
			curveLeft, curveLeft+wide, y(part), curveLeft-6, y(part)+4, span(part))
	}
	fmt.Fprintf(&b, `<path class="stale" stroke-dasharray="4 3" d="%s"/><path class="stale" d="%s"/>`, worse.String(), average.String())
	mark := func(interval time.Duration, word string, high float64) { // the line ends below the word and the time of its interval
		anchor := "middle"
		if x(interval) > all-60 {
			anchor = "end"
		}
		fmt.Fprintf(&b, `<line class="now" x1="%[1]f" x2="%[1]f" y1="%[2]f" y2="%[3]f"/>`, x(interval), high+5, curveFloor)
		fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%.0f" text-anchor="%s">%s, %s</text>`, x(interval), high, anchor, word, span(interval))
	}
	mark(advice.Interval, "advised", 12)
	if advice.Today > 0 && advice.Today != advice.Interval {
		mark(advice.Today, "today", 26)
	}
	for _, part := range []time.Duration{most / 4, most / 2, most * 3 / 4, most} {
		fmt.Fprintf(&b, `<text class="tick" x="%.1f" y="%d" text-anchor="middle">%s</text>`, x(part), curveLabel, span(part))
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // numbers and words of ours
}
