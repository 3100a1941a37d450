// SPDX-License-Identifier: Apache-2.0
#include "agents/directory.h"
#include "agents/internal/built_in.h"
#include "agents/internal/file_action.h"

namespace muster {

namespace {

constexpr std::size_t kEntriesBetweenLooks = 32;  // at the deadline
constexpr std::uint64_t kModelFiles = 20;

Fields figures(std::string_view path, std::uint64_t files, std::uint64_t directories,
               std::uint64_t links, std::uint64_t problems)
{
    return {{"path", path},
            {"files", files},
            {"directories", directories},
            {"links", links},
            {"problems", problems}};
}

class FilesWalk final : public FileAction {
public:
    explicit FilesWalk(TreeOptions options) : m_options(std::move(options)) {}

private:
    [[nodiscard]] ActionOutcome work(const ActionCall& call) const override
    {
        TreeOptions options = m_options;
        options.root = std::string(call.item);
        TreeWalker walker(std::move(options));
        auto opened = walker.open();
        if (!opened.ok()) {
            Error error = opened.error();
            error.advice.clear();
            return ActionFailure{FailureClass::application, std::move(error)};
        }
        std::uint64_t files = 0;
        std::uint64_t directories = 0;
        std::uint64_t problems = 0;
        std::vector<TreeEntry> entries;
        std::vector<TreeProblem> found;
        for (bool more = true; more;) {
            if (call.expired()) {
                return ActionFailure{FailureClass::timeout,
                                     {ErrorCode::timedOut, "not walked within its time",
                                      std::string(call.item), "Raise the action's timeout"}};
            }
            entries.clear();
            found.clear();
            more = walker.next(kEntriesBetweenLooks, entries, found);
            problems += found.size();
            for (const auto& entry : entries) {
                ++(entry.directory ? directories : files);
            }
        }
        return figures(call.item, files, directories, walker.links(), problems);
    }
    [[nodiscard]] Fields modelled(const ActionCall& call, const FileModel& file) const override
    {
        return figures(call.item, file.lines % kModelFiles, file.words % kModelFiles, 0, 0);
    }

    TreeOptions m_options;
};

}  // namespace

ActionInfo filesWalk()
{
    ActionInfo info;
    info.kind = "files.walk";
    info.help = "how many files, directories and links a directory holds";
    info.parameters = {
        schema::standard("recursive",
                         schema::of(SchemaType::boolean, "walks the directories below it too"),
                         Value(true)),
        schema::optional("exclude", schema::list(schema::of(SchemaType::text, "a name"),
                                                 "names left out wherever they stand"))};
    info.columns = {"path", "files", "directories", "links", "problems"};
    info.blocking = true;
    info.needsItem = true;
    info.make = [](const Value& parameters) -> Result<std::shared_ptr<const Action>> {
        TreeOptions options;
        if (const Value* recursive = parameters.find("recursive")) {
            options.recursive = recursive->asBool();
        }
        if (const Value* exclude = parameters.find("exclude")) {
            for (const auto& name : exclude->asArray()) {
                options.exclude.push_back(name.asText());
            }
        }
        return std::shared_ptr<const Action>(std::make_shared<FilesWalk>(std::move(options)));
    };
    return info;
}

}  // namespace muster
