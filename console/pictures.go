package console

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/ledger"
)

// Pictures are drawn on the server. They hold only numbers and our own words, so nothing in them needs escaping.

// age is how old a store's figures were at a moment: since the warehouse was asked for what the store showed then.
type age struct {
	At  time.Time
	Old time.Duration
}

// agesOf are the corners of how old a store's figures were between two moments: they grow older by the second, and a run of everything that
// completes makes them as old as its fetch. Before the first such run nothing is known.
func agesOf(runs []ledger.Run, from, to time.Time) []age {
	var ended []ledger.Run
	for _, run := range runs {
		through := run.Outcome == ledger.Completed || run.Outcome == ledger.CompletedWithFailures
		if through && run.EndedAt != nil && !run.DryRun && len(run.Scope) == 0 && run.EndedAt.Before(to) {
			ended = append(ended, run)
		}
	}
	slices.SortFunc(ended, func(a, b ledger.Run) int { return a.EndedAt.Compare(*b.EndedAt) })
	var ages []age
	var asOf time.Time
	for _, run := range ended {
		fetched := run.StartedAt
		if run.FetchBegan != nil {
			fetched = *run.FetchBegan
		}
		if !asOf.IsZero() && run.EndedAt.After(from) {
			if len(ages) == 0 {
				ages = append(ages, age{from, from.Sub(asOf)})
			}
			ages = append(ages, age{*run.EndedAt, run.EndedAt.Sub(asOf)})
		}
		if fetched.After(asOf) {
			asOf = fetched
		}
		if run.EndedAt.After(from) {
			ages = append(ages, age{*run.EndedAt, run.EndedAt.Sub(asOf)})
		}
	}
	if asOf.IsZero() {
		return nil
	}
	if len(ages) == 0 {
		ages = append(ages, age{from, from.Sub(asOf)})
	}
	return append(ages, age{to, to.Sub(asOf)})
}

// summary is the average and the greatest age between the corners.
func summary(ages []age) (average, most time.Duration) {
	var area, span float64
	for i := 1; i < len(ages); i++ {
		width := ages[i].At.Sub(ages[i-1].At).Seconds()
		area += width * (ages[i].Old + ages[i-1].Old).Seconds() / 2
		span += width
	}
	for _, age := range ages {
		most = max(most, age.Old)
	}
	if span > 0 {
		average = time.Duration(area / span * float64(time.Second))
	}
	return average, most
}

// barClass is the colour of a run.
func barClass(run ledger.Run) string {
	switch {
	case run.Outcome == ledger.Failed:
		return "failbar"
	case run.Outcome == ledger.Skipped:
		return "skip-mark"
	case run.Mode == ledger.Full:
		return "full"
	}
	return "smart"
}

// barHeight grows with how much a run changed, a step for each ten times as much.
func barHeight(run ledger.Run) float64 {
	changed := max(run.Counts.Exported, run.Counts.Changed)
	if run.Mode == ledger.Full {
		return 17
	}
	return min(5+3*math.Log10(float64(changed)+1), 15)
}

const (
	stripWide, stripHigh = 168.0, 20.0
	leastBar             = 2.4
)

// strip is the runs of the last 24 hours, small.
func strip(runs []ledger.Run, now time.Time) template.HTML {
	var b strings.Builder
	from := now.Add(-24 * time.Hour)
	fmt.Fprintf(&b, `<svg class="strip" viewBox="0 0 168 20" role="img" aria-label="%s in the last 24 hours">`, count(int64(len(runs)), "run"))
	b.WriteString(`<line class="base" x1="0" x2="168" y1="19.5" y2="19.5"/>`)
	for _, run := range oldestFirst(runs) {
		x, wide := place(run, from, now, 0, stripWide)
		high := barHeight(run)
		if run.Outcome == ledger.Skipped {
			high, wide = 6, 4
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, barClass(run), x, stripHigh-1-high, wide, high)
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // numbers and words of ours
}

func oldestFirst(runs []ledger.Run) []ledger.Run {
	sorted := slices.Clone(runs)
	slices.Reverse(sorted)
	return sorted
}

// place is the position and width of a run on an axis of time; a short run is drawn wide enough to be seen.
func place(run ledger.Run, from, to time.Time, left, wide float64) (x, width float64) {
	scale := wide / to.Sub(from).Seconds()
	end := to
	if run.EndedAt != nil {
		end = *run.EndedAt
	}
	began := run.StartedAt
	if began.Before(from) {
		began = from
	}
	width = max(end.Sub(began).Seconds()*scale, leastBar)
	return min(left+began.Sub(from).Seconds()*scale, left+wide-width), width
}

const (
	chartLeft, chartWide    = 84.0, 1040.0
	chartBottom, chartTall  = 160.0, 70.0 // of the ages
	smartLine, fullLine     = 36.0, 70.0
	chartLabel, labelOffset = 178, 20
)

// dayPicture draws the runs of the last 24 hours to real time, above the age of the store's figures.
func dayPicture(runs []ledger.Run, ages []age, k clock) template.HTML {
	from := k.now.Add(-24 * time.Hour)
	x := func(at time.Time) float64 { return chartLeft + at.Sub(from).Seconds()/(24*3600)*chartWide }
	average, most := summary(ages)
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="chart" viewBox="0 0 1150 186" role="img" aria-label="%s">`, dayWords(runs, average, most, len(ages) > 0))
	for hour := from.Truncate(time.Hour).Add(time.Hour); hour.Before(k.now); hour = hour.Add(time.Hour) {
		if hour.In(k.zone).Hour()%3 != 0 {
			continue
		}
		fmt.Fprintf(&b, `<line class="grid" x1="%[1]f" x2="%[1]f" y1="6" y2="160"/><text x="%[1]f" y="%[2]d" text-anchor="middle">%[3]s</text>`, x(hour),
			chartLabel, hour.In(k.zone).Format("15:04"))
	}
	b.WriteString(`<text x="0" y="27">Smart Sync</text><text x="0" y="61">Full Sync</text><text x="0" y="96">Age of</text><text x="0" y="110">figures</text>`)
	for _, y := range []float64{smartLine + .5, fullLine + .5, chartBottom + .5} {
		fmt.Fprintf(&b, `<line class="axis" x1="%.0f" x2="%.0f" y1="%.1f" y2="%.1f"/>`, chartLeft, chartLeft+chartWide, y, y)
	}
	for _, run := range oldestFirst(runs) {
		left, wide := place(run, from, k.now, chartLeft, chartWide)
		line := smartLine
		if run.Mode == ledger.Full {
			line = fullLine
		}
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.0f" width="%.1f" height="22"><title>%s</title></rect>`, barClass(run), left, line-22, wide, barWords(run, k))
	}
	drawAges(&b, ages, most, x)
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) // numbers and words of ours
}

func barWords(run ledger.Run, k clock) string {
	words := k.at(run.StartedAt) + " " + control.SyncName(run.Mode)
	if run.EndedAt != nil {
		words += ", " + span(run.EndedAt.Sub(run.StartedAt))
	}
	return words + ", " + strings.ToLower(runState(run).Word)
}

func drawAges(b *strings.Builder, ages []age, most time.Duration, x func(time.Time) float64) {
	if len(ages) == 0 {
		return
	}
	top := scaleTop(most)
	y := func(old time.Duration) float64 { return chartBottom - float64(old)/float64(top)*chartTall }
	var line strings.Builder
	for i, corner := range ages {
		step := "L"
		if i == 0 {
			step = "M"
		}
		fmt.Fprintf(&line, "%s%.1f %.1f ", step, x(corner.At), y(corner.Old))
	}
	fmt.Fprintf(b, `<path class="stale-area" d="%sL%.1f %.0f L%.1f %.0fZ"/><path class="stale" d="%s"/>`,
		line.String(), x(ages[len(ages)-1].At), chartBottom, x(ages[0].At), chartBottom, line.String())
	fmt.Fprintf(b, `<line class="grid" x1="%.0f" x2="%.0f" y1="%.1f" y2="%.1f"/><text x="%.0f" y="%.1f" text-anchor="end">%s</text>`,
		chartLeft, chartLeft+chartWide, y(top), y(top), chartLeft-6, y(top)+4, span(top))
}

// scaleTop is a round time above an age.
func scaleTop(most time.Duration) time.Duration {
	for _, top := range []time.Duration{
		time.Minute, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute,
		time.Hour, 2 * time.Hour, 3 * time.Hour, 4 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour,
	} {
		if most <= top {
			return top
		}
	}
	return most.Truncate(24*time.Hour) + 24*time.Hour
}

// dayWords are the picture in words, for people who cannot see it.
func dayWords(runs []ledger.Run, average, most time.Duration, measured bool) string {
	kinds := map[string]int64{}
	for _, run := range runs {
		kinds[barClass(run)]++
	}
	words := fmt.Sprintf("The last 24 hours: %s, %s, %d failed, %d skipped.", count(kinds["smart"], "Smart Sync"), count(kinds["full"], "Full Sync"),
		kinds["failbar"], kinds["skip-mark"])
	if !measured {
		return words + " No run of everything has completed."
	}
	return words + fmt.Sprintf(" Figures in the store were %s old on average, %s at most.", span(average), span(most))
}
