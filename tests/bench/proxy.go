// SPDX-License-Identifier: MIT
// Copyright (c) 2026 The Wayfare authors

// proxy PORT: Go's own reverse proxy before 127.0.0.1:PORT, as the bench's peer. It flushes each
// event of a stream by itself; connections to the upstream are kept. Prints the port it listens on.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: proxy PORT")
	}
	upstream, err := url.Parse("http://127.0.0.1:" + os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// Without this an upstream that answers quickly can lose its answer: the server closes the
		// request's body at the first byte of the response, while the transport still reads it.
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			log.Print(err)
		}
		proxy.ServeHTTP(w, r)
	})))
}
