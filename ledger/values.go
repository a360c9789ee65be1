package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// micros is how a time is kept: microseconds since 1970 in UTC. The zero time is 0.
func micros(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMicro()
}

// optionalMicros is micros with NULL for the zero time.
func optionalMicros(at time.Time) *int64 {
	if at.IsZero() {
		return nil
	}
	return new(at.UnixMicro())
}

func fromMicros(kept int64) time.Time {
	if kept == 0 {
		return time.Time{}
	}
	return time.UnixMicro(kept).UTC()
}

func fromOptional(kept sql.NullInt64) *time.Time {
	if !kept.Valid {
		return nil
	}
	return new(fromMicros(kept.Int64))
}

// checkText refuses what one of the databases cannot keep, in both: PostgreSQL takes no NUL and no invalid UTF-8.
func checkText(what string, texts ...string) error {
	for _, text := range texts {
		if strings.IndexByte(text, 0) >= 0 {
			return fmt.Errorf("ledger: %s %q holds a NUL byte, which cannot be kept", what, text)
		}
		if !utf8.ValidString(text) {
			return fmt.Errorf("ledger: %s %q is not valid UTF-8, which cannot be kept", what, text)
		}
	}
	return nil
}

// encode writes a value of ours as JSON; that cannot fail for the types that are kept.
func encode(value any) string {
	content, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("ledger: a %T cannot be written as JSON: %v", value, err))
	}
	return string(content)
}

func decode(what, content string, into any) error {
	if err := json.Unmarshal([]byte(content), into); err != nil {
		return fmt.Errorf("%w: %s cannot be read: %w", ErrDamaged, what, err)
	}
	return nil
}
