/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* A whole gateway between raw clients and two providers, "first" and "second", that a route tries
 * in this order for the model "coder". */

#pragma once

#include "mock-upstream.h"
#include "raw-client.h"
#include "way-gateway.h"

G_BEGIN_DECLS

typedef struct
{
  MockUpstream *first;
  MockUpstream *second;
  char *folder;
  WayLedger *ledger;
  WayCatalog *catalog;
  WayEventQueue *events;
  WayGateway *gateway;
  guint n_batches;
} Fixture;

#define CHAT_PATH "/v1/chat/completions"
#define REPLY                                                                                      \
  "{\"id\":\"c\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"said-by-provider\","     \
  "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"hello\"},"          \
  "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,"           \
  "\"total_tokens\":8}}"
#define CHUNK(delta, finish)                                                                       \
  "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","        \
  "\"choices\":[{\"index\":0,\"delta\":" delta ",\"finish_reason\":" finish "}]}\n\n"
#define WORD CHUNK ("{\"content\":\"hello\"}", "null")
#define STOP CHUNK ("{}", "\"stop\"")
#define USAGE                                                                                      \
  "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","        \
  "\"choices\":[],\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":5,\"total_tokens\":8}}\n\n"
#define DONE "data: [DONE]\n\n"
#define STREAM_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"

#define HI "{\"model\":\"coder\",\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"
#define HI_STREAMED                                                                                \
  "{\"model\":\"coder\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}"

void fixture_set_up (Fixture *f, gconstpointer data);
void fixture_tear_down (Fixture *f, gconstpointer data);
WaySnapshot *fixture_make_snapshot (Fixture *f, guint first_port);
void fixture_start (Fixture *f, guint first_port);
void fixture_start_with (Fixture *f, WaySnapshot *snapshot);
RawClient *fixture_ask (Fixture *f, const char *body);
WayRecord *fixture_read_only_row (Fixture *f);

G_END_DECLS
