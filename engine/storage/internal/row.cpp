// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/row.h"

#include <sqlite3.h>

namespace muster {

bool rowHolds(const Statement& statement, std::string_view salt) noexcept
{
    RowSum sum;
    if (!salt.empty()) {
        sum.add(salt);
    }
    const int last = statement.columns() - 1;
    for (int column = 0; column < last; ++column) {
        switch (sqlite3_column_type(statement.handle(), column)) {
            case SQLITE_INTEGER:
                sum.add(statement.integer(column));
                break;
            case SQLITE_TEXT:
                sum.add(statement.text(column));
                break;
            case SQLITE_BLOB:
                sum.add(statement.blob(column));
                break;
            case SQLITE_NULL:
                sum.addNull();
                break;
            default:
                return false;
        }
    }
    return sqlite3_column_type(statement.handle(), last) == SQLITE_INTEGER &&
           statement.integer(last) == sum.value();
}

}  // namespace muster
