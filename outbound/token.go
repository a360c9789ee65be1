package outbound

import (
	"context"
	"sync"
	"time"

	"github.com/tidemark/tidemark/settings"
)

// Token keeps a credential that a partner gives for a while, and asks for the next one before it ends. It is safe for
// concurrent use; callers that come while one is being asked for wait for that one.
type Token struct {
	// Ask asks the partner for a credential and says how long it lives.
	Ask func(ctx context.Context) (settings.Credential, time.Duration, error)
	// Now is the clock.
	Now func() time.Time

	mutex sync.Mutex
	value settings.Credential
	ends  time.Time
}

// A credential is not used in the last part of its life: a call takes time, and clocks differ.
const (
	tokenMargin     = time.Minute
	tokenMarginPart = 10 // of a life that is short
)

// Get returns a credential that is good for a while yet.
func (t *Token) Get(ctx context.Context) (settings.Credential, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if !t.value.Empty() && t.Now().Before(t.ends) {
		return t.value, nil
	}
	value, life, err := t.Ask(ctx)
	if err != nil {
		return settings.Credential{}, err
	}
	t.value, t.ends = value, t.Now().Add(life-min(tokenMargin, life/tokenMarginPart))
	return value, nil
}

// Drop says that the partner did not accept a credential before its time, so that the next Get asks for another.
func (t *Token) Drop(value settings.Credential) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if t.value.Reveal() == value.Reveal() {
		t.value = settings.Credential{}
	}
}
