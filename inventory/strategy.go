package inventory

import (
	"math"
	"slices"
)

// buffer returns how many units of a figure are held in reserve: the larger one, if both buffers are set.
func (s Strategy) buffer(available int64) int64 {
	units := min(max(s.BufferUnits, 0), MaxQuantity)
	if available <= 0 || !(s.BufferPercent > 0) {
		return units
	}
	// Computed in millionths of a percent, so that 0.3 % of 1000 is 3; with binary fractions it would round up to 4.
	const whole = 100 * 1_000_000
	part := int64(math.Round(min(s.BufferPercent, 100) * 1_000_000))
	return max(units, (min(available, MaxQuantity)*part+whole-1)/whole)
}

// apply applies the strategy to a resolved figure, for one connection.
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

// Share returns how many units of a distributable figure a connection is given. Sharing are the ids of the connections that share it, in
// any order. A connection that is missing in Sharing counts as if it were included.
//
// Except for DistributeAll, the shares of all connections never sum to more than the distributable figure. With an unknown distribution
// every share is 0.
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

// members returns the distinct ids of all sharing connections, this one included, in order.
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

// weighted divides by weight, rounded down. The units that are left go, one each, to the connections that lost most by the rounding; to the
// lowest ids among equals. With equal weights the units that are left therefore go to the lowest ids.
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
	ahead := int64(0) // how many connections get one of the units that are left before this one
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

// prioritised serves the connections of Priority first, then the others in id order, each up to its cap.
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
		if limit, ok := strategy.Caps[id]; ok {
			share = min(share, max(limit, 0))
		}
		if id == connection {
			return share
		}
		left -= share
	}
	return 0
}
