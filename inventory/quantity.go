package inventory

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var errEmptyQuantity = errors.New("the quantity is empty; expected a whole number like 12")

// ParseQuantity reads a count of units as text: an optional sign and the digits 0 to 9, nothing else, from -MaxQuantity to
// MaxQuantity.
//
// It is strict because a lenient reading turns somebody else's mistake into a number on a store: "1,000" is a thousand in
// one country and one in another, "1e3" is a spreadsheet's doing, and a fraction is not a count. The error says what was
// found, in a form that can be shown to a person.
func ParseQuantity(text string) (int64, error) {
	if text == "" {
		return 0, errEmptyQuantity
	}
	digits := strings.TrimPrefix(text, "-")
	negative := digits != text
	if !negative {
		digits = strings.TrimPrefix(text, "+")
	}
	var quantity int64
	for _, digit := range []byte(digits) {
		if digit < '0' || digit > '9' {
			return 0, notAQuantity(text, digits)
		}
		// Past the limit the rest is still read, for it may not be digits; the figure stays where it cannot overflow.
		quantity = min(quantity*10+int64(digit-'0'), MaxQuantity+1)
	}
	switch {
	case digits == "":
		return 0, notAQuantity(text, digits)
	case quantity > MaxQuantity && negative:
		return 0, fmt.Errorf("the quantity %s is below -%d; a figure of that size is taken for a fault of the source", Quoted(text), MaxQuantity)
	case quantity > MaxQuantity:
		return 0, fmt.Errorf("the quantity %s is above %d; a figure of that size is taken for a fault of the source", Quoted(text), MaxQuantity)
	case negative:
		return -quantity, nil
	}
	return quantity, nil
}

// notAQuantity says what a text is instead.
func notAQuantity(text, unsigned string) error {
	found := "text"
	if number, err := strconv.ParseFloat(text, 64); (err == nil || errors.Is(err, strconv.ErrRange)) && !strings.Contains(text, "_") {
		switch {
		case number != number || strings.ContainsAny(unsigned, "iIfFnN"):
			found = "not a finite number"
		case strings.ContainsAny(text, "xXpP"):
			found = "a hexadecimal number"
		case strings.ContainsAny(text, "eE"):
			found = "a number with an exponent"
		default:
			found = "a number with a fraction"
		}
		return fmt.Errorf("the quantity %s is %s; expected a whole number like 12", Quoted(text), found)
	}
	for _, letter := range text {
		switch {
		case letter == utf8.RuneError:
			found = "not valid UTF-8"
		case unicode.IsSpace(letter) || letter == '\uFEFF' || letter == '\u200B':
			found = "text with a space"
		case letter == '\u2212' || letter == '\u2013' || letter == '\u2014':
			found = "text with a dash instead of a minus"
		case letter > unicode.MaxASCII && unicode.IsDigit(letter):
			found = "text with digits of another script"
		case letter == ',' || letter == '_' || letter == '\'' || letter == '\u2019':
			found = "a number with separators"
		default:
			continue
		}
		break
	}
	if unsigned == "" {
		found = "only a sign"
	}
	return fmt.Errorf("the quantity %s is %s; expected a whole number like 12", Quoted(text), found)
}
