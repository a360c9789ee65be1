package ledger

// ShortIdentity is the beginning of a ledger's identity, for people: enough to tell ledgers apart.
func ShortIdentity(identity string) string {
	const shown = 8
	return identity[:min(len(identity), shown)]
}
