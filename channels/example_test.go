package channels_test

import (
	"fmt"
	"time"

	"github.com/tidemark/tidemark/channels"
)

func ExamplePacer() {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	pacer := channels.NewPacer(channels.Limits{Rate: 2.5, Burst: 5}, channels.PaceBudget{
		DailyCalls: 5000,
		QuietHours: &channels.QuietHours{From: "22:00", To: "06:30", Timezone: "UTC"},
	}, now)

	at, why := pacer.Ready(now, 0)
	fmt.Println(at.Sub(now), why)

	now = at
	number := pacer.Began(now)
	throttled := &channels.Error{Next: channels.Wait, Until: now.Add(5 * time.Minute), Reason: "throttled"}
	pacer.Answered(number, now, channels.Budget{}, throttled)
	_, why = pacer.Ready(now, 1)
	fmt.Println(why)

	_, why = pacer.Ready(now.Add(14*time.Hour), 2)
	fmt.Println(why)
	// Output:
	// 1s pacing
	// throttled by the store until 09:05:01 UTC
	// quiet hours until 06:30 UTC
}
