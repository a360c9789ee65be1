package inventory

import (
	"math"
	"slices"
)

// buffer returns how many units of a figure a strategy holds back. Should both buffers be set, the larger holds.
func (s Strategy) buffer(available int64) int64 {
	units := min(max(s.BufferUnits, 0), MaxQuantity)
	if available <= 0 || !(s.BufferPercent > 0) {
		return units
	}
	// In millionths of a percent, so that 0.3 % of 1000 is 3 and not the 4 that binary fractions round up to.
	const whole = 100 * 1_000_000
	part := int64(math.Round(min(s.BufferPercent, 100) * 1_000_000))
	return max(units, (min(available, MaxQuantity)*part+whole-1)/whole)
}

// apply returns what a strategy makes of a resolved figure for one connection.
func (s Strategy) apply(resolved int64, connection string, sharing []string) StrategyFigure {
	buffer := s.buffer(resolved)
	figure := StrategyFigure{
		Buffer:        buffer,
		Distributable: max(0, resolved-buffer),
		Minimum:       s.Minimum,
		Distribution:  s.distribution(),
		Stores:        len(members(connection, sharing)),
	}
	if figure.Distributable < s.Minimum {
		figure.BelowMinimum = true
		return figure
	}
	figure.Share = Share(s, figure.Distributable, connection, sharing)
	return figure
}

func (s Strategy) distribution() Distribution {
	if s.Distribution == "" {
		return DistributeEqual
	}
	return s.Distribution
}

// Share returns the part of a distributable figure, in units, that a connection is given. Sharing are the connections that
// share it, in any order; one that is not among them is given what it would be given if it were.
//
// Except for DistributeAll, the shares of all who share never sum to more than the distributable figure. A distribution that
// is not known gives nothing to anybody.
func Share(strategy Strategy, distributable int64, connection string, sharing []string) int64 {
	if distributable <= 0 {
		return 0
	}
	distributable = min(distributable, MaxQuantity)
	ids := members(connection, sharing)
	switch strategy.distribution() {
	case DistributeAll:
		return distributable
	case DistributeEqual:
		return weighted(distributable, connection, ids, func(string) int64 { return 1 })
	case DistributeWeighted:
		return weighted(distributable, connection, ids, strategy.weight)
	case DistributePriority:
		return prioritised(strategy, distributable, connection, ids)
	}
	return 0
}

// members returns the distinct ids, in order, of those who share, the connection included.
func members(connection string, sharing []string) []string {
	ids := append(slices.Clone(sharing), connection)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (s Strategy) weight(id string) int64 {
	weight, ok := s.Weights[id]
	if !ok {
		return 1
	}
	return min(max(weight, 0), MaxQuantity)
}

// weighted gives each its exact part, rounded down, and what is left, a unit each, to those whose parts lost most by the
// rounding; in id order among equals. With equal weights that is one each in id order.
func weighted(distributable int64, connection string, ids []string, weight func(string) int64) int64 {
	var total int64
	for _, id := range ids {
		total += weight(id)
	}
	if total == 0 {
		return 0
	}
	left := distributable
	for _, id := range ids {
		left -= distributable * weight(id) / total
	}
	own := distributable * weight(connection) % total
	ahead := int64(0) // how many come before this connection for what is left
	for _, id := range ids {
		lost := distributable * weight(id) % total
		if lost > own || (lost == own && id < connection) {
			ahead++
		}
	}
	share := distributable * weight(connection) / total
	if own > 0 && ahead < left {
		share++
	}
	return share
}

// prioritised serves the named ones first, then the others in id order, each up to its cap.
func prioritised(strategy Strategy, distributable int64, connection string, ids []string) int64 {
	order := make([]string, 0, len(ids))
	for _, id := range strategy.Priority {
		if slices.Contains(ids, id) && !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for _, id := range ids {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	left := distributable
	for _, id := range order {
		share := left
		if most, ok := strategy.Caps[id]; ok {
			share = min(share, max(most, 0))
		}
		if id == connection {
			return share
		}
		left -= share
	}
	return 0
}
