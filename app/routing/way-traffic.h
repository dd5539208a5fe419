/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* What live traffic tells of each target, a model of a provider: does it fail, how fast is it, how
 * much of it is in flight, how far are estimates off; and how many extra attempts each provider has
 * got. Plain data, no I/O; it lives on the gateway thread. */

#pragma once

#include "way-breaker.h"
#include "way-policy.h"

G_BEGIN_DECLS

#define WAY_TRAFFIC_SAMPLES 32
#define WAY_TRAFFIC_SAMPLE_SPAN_US (60 * G_USEC_PER_SEC)

/**
 * WayTargetTraffic:
 * @in_flight: attempts that run
 * @begun_at_us: wall clock of the last attempt, 0 for none
 * @input_ratio_ppm: reported input tokens for a million estimated ones
 * @output_tokens: of a usual answer, 0 while none is known
 */
typedef struct
{
  char *provider; /* owned */
  char *model;    /* owned */
  WayBreaker breaker;
  guint in_flight;
  gint64 begun_at_us;
  struct
  {
    gint64 at_us;
    gint64 first_token_us;
  } samples[WAY_TRAFFIC_SAMPLES];
  guint next_sample;
  gint64 input_ratio_ppm;
  gint64 output_tokens;
} WayTargetTraffic;

typedef struct _WayTraffic WayTraffic;

typedef void (*WayTrafficFunc) (const WayTargetTraffic *target, gpointer user_data);

WayTraffic *way_traffic_new (void);
void way_traffic_free (WayTraffic *traffic);
WayTargetTraffic *
way_traffic_ensure (WayTraffic *traffic, const char *provider, const char *model, gint64 now_us);
const WayTargetTraffic *
way_traffic_get (const WayTraffic *traffic, const char *provider, const char *model);
void way_traffic_foreach (const WayTraffic *traffic, WayTrafficFunc func, gpointer user_data);
void way_traffic_reset (WayTraffic *traffic, const char *provider);

void way_target_note_first_token (WayTargetTraffic *target, gint64 first_token_us, gint64 now_us);
void way_target_note_usage (WayTargetTraffic *target,
                            gint64 input_tokens_estimate,
                            const WayUsage *usage);
gint64 way_target_get_first_token_us (const WayTargetTraffic *target, gint64 now_us);
gint64 way_target_correct_estimate (const WayTargetTraffic *target, gint64 input_tokens_estimate);

void way_traffic_count (WayTraffic *traffic, const char *provider, gboolean extra, gint64 now_us);
gboolean way_traffic_allows_extra (const WayTraffic *traffic,
                                   const char *provider,
                                   const WayRetryTerms *terms,
                                   gint64 now_us);

gint64 way_traffic_get_turn (const WayTraffic *traffic, const char *route, const char *target);
void
way_traffic_add_turn (WayTraffic *traffic, const char *route, const char *target, gint64 amount);
void way_traffic_forget_turns (WayTraffic *traffic);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WayTraffic, way_traffic_free)

G_END_DECLS
