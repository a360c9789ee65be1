package outbound

// CloseIdle closes the connections that are kept, so that the next call opens another.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// Proxied tells whether any call would be sent to a proxy.
func (c *Client) Proxied() bool { return c.http.Transport.(*routes).proxied() }

// Proxied tells whether any call would be sent to a proxy.
func (s *Stream) Proxied() bool { return s.http.Transport.(*routes).proxied() }

func (r *routes) proxied() bool { return r.secure.Proxy != nil || r.plain.Proxy != nil }
