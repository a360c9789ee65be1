package outbound

// CloseIdle closes the connections that are kept, so that the next call opens another.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }
