// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace muster {

/// A crash is written into this file too, at the place that the layout of a black box has for it.
/// Of a few open boxes only: the others learn of none. Thread safety: any thread.
void noteCrashesIn(int descriptor);
void noteNoCrashesIn(int descriptor);

}  // namespace muster
