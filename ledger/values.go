package ledger

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// micros is a time as the databases store it: microseconds since 1970 in UTC. The zero time is 0.
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

func fromMicros(stored int64) time.Time {
	if stored == 0 {
		return time.Time{}
	}
	return time.UnixMicro(stored).UTC()
}

func fromOptional(stored sql.NullInt64) *time.Time {
	if !stored.Valid {
		return nil
	}
	return new(fromMicros(stored.Int64))
}

// checkText refuses texts with a NUL byte or invalid UTF-8. PostgreSQL cannot store them, so they are refused on both databases.
// description names the texts in the error.
func checkText(description string, texts ...string) error {
	for _, text := range texts {
		if strings.IndexByte(text, 0) >= 0 {
			return fmt.Errorf("ledger: %s %q holds a NUL byte, which cannot be kept", description, text)
		}
		if !utf8.ValidString(text) {
			return fmt.Errorf("ledger: %s %q is not valid UTF-8, which cannot be kept", description, text)
		}
	}
	return nil
}

// encode writes a value as JSON. It panics on an error, which cannot happen for the types that the ledger stores.
func encode(value any) string {
	content, err := json.Marshal(value)
	if err != nil {
		panic(fmt.Sprintf("ledger: a %T cannot be written as JSON: %v", value, err))
	}
	return string(content)
}

func decode(description, content string, into any) error {
	if err := json.Unmarshal([]byte(content), into); err != nil {
		return fmt.Errorf("%w: %s cannot be read: %w", ErrDamaged, description, err)
	}
	return nil
}
