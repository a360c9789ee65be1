package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/tidemark/tidemark/control"
	"github.com/tidemark/tidemark/serve"
)

// defaultCodec is where the codec endpoint listens, and defaultWebUI where the Web UI of a development server is.
const (
	defaultCodec = "127.0.0.1:8081"
	defaultWebUI = "http://localhost:8233"
)

func codecCommand(s *session) *cobra.Command {
	var listen string
	var origins []string
	command := &cobra.Command{
		Use:   "codec",
		Short: "Decrypt Temporal's payloads for the Web UI and the temporal command",
		Long: `codec serves a codec endpoint on this machine until you stop it (Ctrl-C). If payloads are encrypted
(TIDEMARK_PAYLOAD_KEYS), Temporal stores only ciphertext. With the address of codec, Temporal's Web UI
(its setting "Codec Server") and the temporal command
(temporal workflow show --codec-endpoint http://127.0.0.1:8081) show the decrypted payloads. codec
needs the keys. It listens on loopback only, and answers no web page but the Web UI.`,
		Example: "  TIDEMARK_PAYLOAD_KEYS=file:/run/secrets/payload-keys starter codec\n" +
			"  starter codec --web-ui https://temporal.example.com",
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := s.check(); err != nil {
				return err
			}
			if !serve.Loopback(listen) {
				return &flagError{fmt.Errorf("--listen %s can be reached from other machines, and whoever asks would read every payload; listen on loopback, like %s",
					listen, defaultCodec)}
			}
			for _, origin := range origins {
				if err := checkOrigin(origin); err != nil {
					return &flagError{err}
				}
			}
			handler, err := control.CodecHandler(origins)
			if err != nil {
				return err
			}
			return answerCodec(command.Context(), listen, origins, handler)
		},
	}
	command.Flags().StringVar(&listen, "listen", defaultCodec, "the loopback address to listen on")
	command.Flags().StringSliceVar(&origins, "web-ui", []string{defaultWebUI}, "the origin of the Web UI in browsers: scheme, host and port; may be repeated")
	return command
}

// checkOrigin refuses what no browser sends as the origin of a page.
func checkOrigin(origin string) error {
	parsed, err := url.Parse(origin)
	if err != nil || parsed.Host == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") || parsed.Scheme+"://"+parsed.Host != origin {
		return fmt.Errorf("--web-ui %q is no origin; it is a scheme, a host and a port alone, like %s", origin, defaultWebUI)
	}
	return nil
}

// answerCodec answers until the context ends.
func answerCodec(ctx context.Context, listen string, origins []string, handler http.Handler) error {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", listen)
	if err != nil {
		return err
	}
	line(os.Stdout, "the codec endpoint is http://%s, for the Web UI at %v and for the temporal command; Ctrl-C ends it", listener.Addr(), origins)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: time.Minute}
	stop := context.AfterFunc(ctx, func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(last)
	})
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
