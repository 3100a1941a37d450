// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/options.h"

#include <QCommandLineParser>

#include "api/quantities.h"

namespace muster::app {

namespace {

const char* const kDescription =
    "Muster's console: runs a workload of agents, or opens a recorded session.\n"
    "\n"
    "  muster                                    the Start page\n"
    "  muster resources/workloads/corpus.toml    run a workload\n"
    "  muster corpus.toml --set input.path=/usr/share/doc --for 20s --pictures shots\n"
    "  muster session.db                         look at what was recorded\n"
    "\n"
    "A run is recorded in a session of its own unless --db names one. Without a display set\n"
    "QT_QPA_PLATFORM=offscreen: the run is told here, and a report is written at its end.";

struct Names {
    QCommandLineOption db{QStringLiteral("db"),
                          QStringLiteral("Append the run to this session, made when it is new."),
                          QStringLiteral("FILE")};
    QCommandLineOption set{QStringLiteral("set"),
                           QStringLiteral("Set a key of the workload: input.path=DIR. Repeat it "
                                          "for more."),
                           QStringLiteral("KEY=VALUE")};
    QCommandLineOption runFor{QStringLiteral("for"),
                              QStringLiteral("End after this long (20s, 5min), print the summary, "
                                             "exit 0 when every expectation held."),
                              QStringLiteral("TIME")};
    QCommandLineOption pictures{QStringLiteral("pictures"),
                                QStringLiteral("Save every page, light and dark, at 1280x800 and "
                                               "1920x1080, then exit."),
                                QStringLiteral("DIR")};
    QCommandLineOption report{QStringLiteral("report"),
                              QStringLiteral("Write pictures and an HTML report with charts into "
                                             "this folder at the end, then exit."),
                              QStringLiteral("DIR")};
    QCommandLineOption startup{QStringLiteral("startup-report"),
                               QStringLiteral("Print the time to the first frame and what took "
                                              "it; exit unless --for goes on.")};
    QCommandLineOption theme{QStringLiteral("theme"), QStringLiteral("light, dark or system."),
                             QStringLiteral("NAME")};
    QCommandLineOption workers{QStringLiteral("workers"),
                               QStringLiteral("Worker threads; default: one for each core."),
                               QStringLiteral("N")};
    QCommandLineOption blackBox{
        QStringLiteral("black-box"),
        QStringLiteral("Keep the last that a run did in this folder, of use when it ends badly; "
                       "off: not."),
        QStringLiteral("DIR")};
    QCommandLineOption trust{QStringLiteral("trust"),
                             QStringLiteral("Run a file that starts processes or reaches the "
                                            "network without asking.")};
};

QString firstError(const QCommandLineParser& parser, const Names& names, Options& options)
{
    if (parser.isSet(names.runFor)) {
        const auto time = parseDuration(parser.value(names.runFor).toStdString());
        if (!time.ok()) {
            return QStringLiteral("--for: ") + QString::fromStdString(time.error().text());
        }
        options.runFor = time.value();
    }
    if (parser.isSet(names.workers)) {
        bool number = false;
        options.engine.workers = parser.value(names.workers).toUInt(&number);
        if (!number || options.engine.workers == 0) {
            return QStringLiteral("--workers: expected a count from 1 on");
        }
    }
    if (parser.isSet(names.theme)) {
        const auto at =
            QStringList{QStringLiteral("system"), QStringLiteral("light"), QStringLiteral("dark")}
                .indexOf(parser.value(names.theme));
        if (at < 0) {
            return QStringLiteral("--theme: expected light, dark or system");
        }
        options.theme = static_cast<ui::ThemeChoice>(at);
    }
    for (const auto& each : parser.values(names.set)) {
        if (!each.contains(QLatin1Char('='))) {
            return QStringLiteral("--set %1: expected KEY=VALUE").arg(each);
        }
        options.engine.overrides.push_back(each.toStdString());
    }
    return parser.positionalArguments().size() > 1
               ? QStringLiteral("expected one workload or session, not %1")
                     .arg(parser.positionalArguments().size())
               : QString();
}

}  // namespace

ParsedOptions parseOptions(const QStringList& arguments)
{
    const Names names;
    QCommandLineParser parser;
    parser.setApplicationDescription(QString::fromLatin1(kDescription));
    parser.addPositionalArgument(QStringLiteral("file"),
                                 QStringLiteral("A workload (FILE.toml) or a session (FILE.db)."),
                                 QStringLiteral("[FILE]"));
    const auto help = parser.addHelpOption();
    const auto version =
        QCommandLineOption(QStringLiteral("version"), QStringLiteral("Print the build."));
    parser.addOptions({version, names.db, names.set, names.runFor, names.pictures, names.report,
                       names.startup, names.theme, names.workers, names.blackBox, names.trust});
    const auto wrong = [](const QString& text) {
        return ParsedOptions{std::nullopt,
                             QStringLiteral("muster: %1\nSee muster --help.\n").arg(text),
                             kExitWrongUse};
    };
    if (!parser.parse(arguments)) {
        return wrong(parser.errorText());
    }
    if (parser.isSet(help)) {
        return {std::nullopt, parser.helpText(), 0};
    }
    if (parser.isSet(version)) {
        return {std::nullopt, QString::fromStdString(buildDescription()) + QLatin1Char('\n'), 0};
    }
    Options options;
    if (const auto error = firstError(parser, names, options); !error.isEmpty()) {
        return wrong(error);
    }
    options.file = parser.positionalArguments().value(0);
    options.pictures = parser.value(names.pictures);
    options.report = parser.value(names.report);
    options.startupReport = parser.isSet(names.startup);
    options.engine.trusted = parser.isSet(names.trust);
    options.engine.runFor = options.runFor;
    if (const auto box = parser.value(names.blackBox); box != QLatin1String("off")) {
        auto& settings = options.engine.blackBox.emplace(defaultBlackBox());
        if (!box.isEmpty()) {
            settings.boxes = settings.bundles = box.toStdString();
        }
    }
    if (parser.isSet(names.db)) {
        options.engine.database = parser.value(names.db).toStdString();
    }
    return {std::move(options), {}, 0};
}

}  // namespace muster::app
