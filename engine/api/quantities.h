// SPDX-License-Identifier: Apache-2.0
#pragma once

// Hands on how durations, rates and sizes are written in workload files and commands, so that
// flags and fields of the programs above read them alike.
#include "documents/units.h"
