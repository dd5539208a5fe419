/* SPDX-License-Identifier: MIT
 * Copyright (c) 2026 The Wayfare authors */

/* Requests as a busy machine has them, the same for the same seed but for their ids. */

#pragma once

#include "way-record.h"

/* Names that are rare enough that a walk over the table would show. */
#define DATA_LOCAL_APP "mail" /* never at another provider than the first */
#define DATA_RARE_APP "quarterly-report"
#define DATA_RARE_PROVIDER "reseller"
#define DATA_RARE_MODEL "qwen3-coder:480b"
#define DATA_RARE_TAG "audit"
#define DATA_APP "editor"
#define DATA_PROVIDER "openai"
#define DATA_MODEL "gpt-5-mini"
#define DATA_ROUTE "coder"

WayRecord *data_make_record (GRand *rand, gint64 started_at_us);
