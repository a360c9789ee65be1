package ledger

// ShortIdentity is how a ledger's identity is shown to people: enough of it to tell ledgers apart.
func ShortIdentity(identity string) string {
	const shown = 8
	return identity[:min(len(identity), shown)]
}
