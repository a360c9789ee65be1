package inventory_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tidemark/tidemark/inventory"
)

func TestParseQuantity(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "7": 7, "+7": 7, "-7": -7, "-0": 0, "007": 7, "1000000000": inventory.MaxQuantity, "-1000000000": -inventory.MaxQuantity,
		strings.Repeat("0", 100) + "5": 5,
	} {
		got, err := inventory.ParseQuantity(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestParseQuantityRefuses(t *testing.T) {
	t.Parallel()
	for text, reason := range map[string]string{
		"":                        "empty",
		"1e3":                     "a number with an exponent",
		"1E400":                   "a number with an exponent",
		"NaN":                     "not a finite number",
		"-Inf":                    "not a finite number",
		"5.0":                     "a number with a fraction",
		".5":                      "a number with a fraction",
		"0x10p0":                  "a hexadecimal number",
		"1_000":                   "a number with separators",
		"1,000":                   "a number with separators",
		"1'000":                   "a number with separators",
		" 5":                      "text with a space",
		"5 ":                      "text with a space",
		"5\n":                     "text with a space",
		"5\u00a0":                 "text with a space",
		"\ufeff5":                 "text with a space",
		"５":                       "text with digits of another script",
		"٥":                       "text with digits of another script",
		"−5":                      "text with a dash instead of a minus",
		"-":                       "only a sign",
		"+":                       "only a sign",
		"--5":                     "text",
		"five":                    "text",
		"5\x00":                   "text",
		"\xff":                    "not valid UTF-8",
		"1000000001":              "above 1000000000",
		"-1000000001":             "below -1000000000",
		"99999999999999999999999": "above 1000000000",
		"9223372036854775808":     "above 1000000000",
	} {
		_, err := inventory.ParseQuantity(text)
		require.ErrorContains(t, err, reason, strconv.Quote(text))
		require.NotContains(t, err.Error(), "\n")
	}
	_, err := inventory.ParseQuantity(strings.Repeat("é", 10_000))
	require.Less(t, len(err.Error()), 200, "an error repeats only the beginning of a long text")
}

func FuzzParseQuantity(f *testing.F) {
	for _, seed := range []string{"", "0", "-1", "+5", "1e3", "1000000000", "1000000001", "5.0", "５", " 5", "0x1", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quantity, err := inventory.ParseQuantity(text)
		reference, referenceErr := strconv.ParseInt(text, 10, 64)
		if err == nil {
			if quantity > inventory.MaxQuantity || quantity < -inventory.MaxQuantity {
				t.Fatalf("%q was read as %d", text, quantity)
			}
			if referenceErr == nil && reference != quantity {
				t.Fatalf("%q was read as %d instead of %d", text, quantity, reference)
			}
			return
		}
		if referenceErr == nil && reference <= inventory.MaxQuantity && reference >= -inventory.MaxQuantity {
			t.Fatalf("%q was refused: %v", text, err)
		}
		if len(err.Error()) > 400 {
			t.Fatalf("an error of %d bytes", len(err.Error()))
		}
	})
}

func ExampleParseQuantity() {
	for _, text := range []string{"12", "-3", "1,000", "5.0"} {
		quantity, err := inventory.ParseQuantity(text)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(quantity)
	}
	// Output:
	// 12
	// -3
	// the quantity "1,000" is a number with separators; expected a whole number like 12
	// the quantity "5.0" is a number with a fraction; expected a whole number like 12
}
