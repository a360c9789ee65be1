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

// ParseQuantity reads a count of units: an optional sign and the digits 0 to 9, nothing else, from -MaxQuantity to MaxQuantity.
//
// It is strict because a lenient reading turns somebody else's mistake into a number on a store: "1,000" is a thousand in one country and
// one in another, "1e3" was written by a spreadsheet, and a fraction is not a count. The error shows the text, escaped for people, and says
// what is wrong with it.
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
		// Past the limit the other characters are still checked; the figure no longer grows, so it cannot overflow.
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

// notAQuantity is the error for a text that is no whole number; it says what the text is.
func notAQuantity(text, unsigned string) error {
	kind := "text"
	if number, err := strconv.ParseFloat(text, 64); (err == nil || errors.Is(err, strconv.ErrRange)) && !strings.Contains(text, "_") {
		switch {
		case number != number || strings.ContainsAny(unsigned, "iIfFnN"):
			kind = "not a finite number"
		case strings.ContainsAny(text, "xXpP"):
			kind = "a hexadecimal number"
		case strings.ContainsAny(text, "eE"):
			kind = "a number with an exponent"
		default:
			kind = "a number with a fraction"
		}
		return fmt.Errorf("the quantity %s is %s; expected a whole number like 12", Quoted(text), kind)
	}
	for _, letter := range text {
		switch {
		case letter == utf8.RuneError:
			kind = "not valid UTF-8"
		case unicode.IsSpace(letter) || letter == '\uFEFF' || letter == '\u200B':
			kind = "text with a space"
		case letter == '\u2212' || letter == '\u2013' || letter == '\u2014':
			kind = "text with a dash instead of a minus"
		case letter > unicode.MaxASCII && unicode.IsDigit(letter):
			kind = "text with digits of another script"
		case letter == ',' || letter == '_' || letter == '\'' || letter == '\u2019':
			kind = "a number with separators"
		default:
			continue
		}
		break
	}
	if unsigned == "" {
		kind = "only a sign"
	}
	return fmt.Errorf("the quantity %s is %s; expected a whole number like 12", Quoted(text), kind)
}
