package browser

import (
	"encoding/json"
	"net/http"

	"github.com/stretchr/testify/require"
)

// intervals are those of a schedule as Temporal lists it.
func (r *rig) intervals(schedule string) (found []string) {
	r.t.Helper()
	response, err := http.Get(r.http + "/api/v1/namespaces/default/schedules") // it is answered at once
	require.NoError(r.t, err)
	defer func() { _ = response.Body.Close() }()
	var list struct {
		Schedules []struct {
			ID   string `json:"scheduleId"`
			Info struct {
				Spec struct {
					Interval []struct {
						Interval string `json:"interval"`
					} `json:"interval"`
				} `json:"spec"`
			} `json:"info"`
		} `json:"schedules"`
	}
	require.NoError(r.t, json.NewDecoder(response.Body).Decode(&list))
	for _, one := range list.Schedules {
		for _, rule := range one.Info.Spec.Interval {
			if one.ID == schedule {
				found = append(found, rule.Interval)
			}
		}
	}
	return found
}
