/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Records, provider states and spend as the JSON of the /wayfare/v1 API. Pure. */

#pragma once

#include "way-event.h"
#include "way-ledger.h"
#include "way-router.h"

G_BEGIN_DECLS

/* One member each, with a comma where one is needed. Unknown is null. */
void way_member_string (GString *text, const char *name, const char *value);
void way_member_int (GString *text, const char *name, gint64 value);
void way_member_boolean (GString *text, const char *name, gboolean value);
void way_member_decimal (GString *text, const char *name, gint64 value, guint fraction_digits);
void way_member_time (GString *text, const char *name, gint64 wall_us);
void way_member_open (GString *text, const char *name, char bracket);

void way_record_append_json (GString *text, const WayRecord *record);
void way_provider_state_append_json (GString *text, const WayProviderState *state);
void way_spend_row_append_json (GString *text, const WaySpendRow *row);
void way_plan_append_json (GString *text, const WayPlan *plan);

G_END_DECLS
