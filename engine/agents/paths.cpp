// SPDX-License-Identifier: Apache-2.0
#include "agents/paths.h"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace muster {

Error pathError(std::string_view path, int number)
{
    const auto make = [path](ErrorCode code, std::string message, std::string advice) {
        return Error{code, std::move(message), std::string(path), std::move(advice)};
    };
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return make(ErrorCode::notFound, "there is no such file or directory", "");
        case EACCES:
        case EPERM:
            return make(ErrorCode::permissionDenied, "may not be read by this user",
                        "Change its permissions or exclude it");
        case ELOOP:
            return make(ErrorCode::invalidArgument, "a loop of symbolic links", "");
        case ENAMETOOLONG:
            return make(ErrorCode::outOfRange, "the path is too long", "");
        case EMFILE:
        case ENFILE:
            return make(ErrorCode::overloaded, "no more files can be open at once",
                        "Raise the limit of open files (ulimit -n)");
        default:
            return make(ErrorCode::ioFailure,
                        fmt::format("cannot be read ({})", std::generic_category().message(number)),
                        "");
    }
}

std::string absolutePath(std::string_view path)
{
    std::error_code problem;
    const auto absolute = std::filesystem::absolute(std::filesystem::path(path), problem);
    auto text = (problem ? std::filesystem::path(path) : absolute).lexically_normal().string();
    while (text.size() > 1 && text.back() == '/') {
        text.pop_back();
    }
    return text;
}

}  // namespace muster
