package web

import (
	"fmt"
	"strings"

	"github.com/pott-dev/pott/api"
)

// A chart draws a history as steps: how many seats were taken, and how many were
// bought. It only repeats the table beneath it.
type chart struct {
	Taken, Bought string // paths; Bought is "" where the number says nothing
	Top           int64  // what the upper edge stands for
	rows          int
}

// The room a chart draws in.
const (
	chartWidth  = 640
	chartHeight = 180
	chartLeft   = 8
	chartTop    = 24
	chartBottom = 8
)

// chartOf returns the chart of a history, or nil when there is nothing to draw.
func chartOf(rows []api.CourseRow) *chart {
	c := &chart{rows: len(rows)}
	for _, r := range rows {
		c.Top = max(c.Top, r.Peak)
		if r.Seats != nil {
			c.Top = max(c.Top, *r.Seats)
		}
	}
	if c.Top == 0 {
		return nil
	}
	c.Taken = c.steps(func(i int) (int64, bool) { return rows[i].Peak, true })
	c.Bought = c.steps(func(i int) (int64, bool) {
		if rows[i].Seats == nil {
			return 0, false
		}
		return *rows[i].Seats, true
	})
	return c
}

// steps draws one level for each row that has one.
func (c *chart) steps(level func(i int) (int64, bool)) string {
	var b strings.Builder
	drawn := false
	for i := range c.rows {
		n, ok := level(i)
		if !ok {
			drawn = false
			continue
		}
		move := "L"
		if !drawn {
			move = "M"
		}
		fmt.Fprintf(&b, "%s%d %d H%d ", move, c.x(i), c.y(n), c.x(i+1))
		drawn = true
	}
	return strings.TrimSpace(b.String())
}

func (c *chart) x(i int) int { return chartLeft + i*(chartWidth-2*chartLeft)/c.rows }

func (c *chart) y(n int64) int {
	return chartHeight - chartBottom - int(float64(n)/float64(c.Top)*float64(chartHeight-chartTop-chartBottom))
}

func chartBox() string { return fmt.Sprintf("0 0 %d %d", chartWidth, chartHeight) }

// chartGrid are the lower edge, the middle and the top.
func chartGrid() string {
	var b strings.Builder
	for _, y := range []int{chartHeight - chartBottom, (chartHeight - chartBottom + chartTop) / 2, chartTop} {
		fmt.Fprintf(&b, "M%d %d H%d ", chartLeft, y, chartWidth-chartLeft)
	}
	return strings.TrimSpace(b.String())
}
