// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/built_in.h"
#include "agents/internal/file_action.h"
#include "agents/internal/file_reading.h"
#include "agents/internal/text_count.h"

namespace muster {

namespace {

Fields figures(std::string_view path, std::uint64_t bytes, std::uint64_t lines, std::uint64_t words)
{
    return {{"path", path}, {"bytes", bytes}, {"lines", lines}, {"words", words}};
}

class FilesCount final : public FileAction {
private:
    [[nodiscard]] ActionOutcome work(const ActionCall& call) const override
    {
        TextCount text;
        std::uint64_t bytes = 0;
        auto failure = readFile(call, [&](std::span<const unsigned char> chunk) {
            bytes += chunk.size();
            text.add(chunk.data(), chunk.size());
            return true;
        });
        if (failure) {
            return std::move(*failure);
        }
        return figures(call.item, bytes, text.lines(), text.words());
    }
    [[nodiscard]] Fields modelled(const ActionCall& call, const FileModel& file) const override
    {
        return figures(call.item, file.bytes, file.lines, file.words);
    }
};

}  // namespace

ActionInfo filesCount()
{
    ActionInfo info;
    info.kind = "files.count";
    info.help = "bytes, lines and words of a file";
    info.columns = {"path", "bytes", "lines", "words"};
    info.blocking = true;
    info.needsItem = true;
    info.make = [](const Value&) -> Result<std::shared_ptr<const Action>> {
        return std::shared_ptr<const Action>(std::make_shared<FilesCount>());
    };
    return info;
}

}  // namespace muster
