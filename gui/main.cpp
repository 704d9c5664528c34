#include "gui/application.h"
#include "gui/folders.h"
#include "gui/quit_signals.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDeadlineTimer>
#include <QIcon>
#include <QStringList>

#include <algorithm>
#include <cstdio>

namespace
{

/// Qt ends the program with a core dump where there is no display; we say it in one line instead.
bool hasDisplay(const QStringList &arguments)
{
#ifdef Q_OS_LINUX
    const bool isChosen =
        qEnvironmentVariableIsSet("QT_QPA_PLATFORM") || arguments.contains(QLatin1String("-platform"));
    return isChosen || !qEnvironmentVariableIsEmpty("DISPLAY") ||
           !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY");
#else
    Q_UNUSED(arguments)
    return true;
#endif
}

void logQtMessage(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    const int level = type == QtDebugMsg ? 1 : type == QtInfoMsg ? 2 : type == QtWarningMsg ? 3 : 4;
    engine::log(level, context.category ? context.category : "qt", message.toStdString());
    if (type == QtFatalMsg) std::fputs(qPrintable(message + QLatin1Char('\n')), stderr);
}

void describe(QCommandLineParser &parser)
{
    parser.setApplicationDescription(QStringLiteral("Rookery: a workbench for RWKV language models."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(
        QStringLiteral("model"),
        QStringLiteral("Model file, folder or saved state to open; \"demo\" loads the "
                       "demonstration model."),
        QStringLiteral("[MODEL|demo]"));
    parser.addOptions({{QStringLiteral("profile"),
                        QStringLiteral("Keep settings, chats and models in DIR instead of your home."),
                        QStringLiteral("DIR")},
                       {QStringLiteral("lang"), QStringLiteral("Language of the window: en, zh_CN or ja."),
                        QStringLiteral("LANG")},
                       {QStringLiteral("scheme"), QStringLiteral("Colours: light, dark or system."),
                        QStringLiteral("SCHEME")}});
}

/// Reads the options; an error in them, or nothing.
QString problemOf(QCommandLineParser &parser)
{
    if (!parser.parse(QCoreApplication::arguments())) return parser.errorText();
    const QString scheme = parser.value(QStringLiteral("scheme"));
    const QStringList schemes = {QString(), QStringLiteral("light"), QStringLiteral("dark"),
                                 QStringLiteral("system")};
    if (!schemes.contains(scheme))
        return QStringLiteral("--scheme: expected light, dark or system, found \"%1\"").arg(scheme);
    const QString language = parser.value(QStringLiteral("lang"));
    const QStringList languages = {QString(), QStringLiteral("en"), QStringLiteral("zh_CN"),
                                   QStringLiteral("ja")};
    if (!languages.contains(language))
        return QStringLiteral("--lang: expected en, zh_CN or ja, found \"%1\"").arg(language);
    if (parser.positionalArguments().size() > 1)
        return QStringLiteral("expected one model, found %1").arg(parser.positionalArguments().size());
    return {};
}

} // namespace

int main(int argc, char *argv[])
{
    const qint64 startedMs = QDeadlineTimer::current().deadline();
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    const bool wantsText = std::any_of(arguments.begin(), arguments.end(), [](const QString &a) {
        return a == QLatin1String("--help") || a == QLatin1String("-h") || a == QLatin1String("--version") ||
               a == QLatin1String("-v") || a == QLatin1String("--help-all");
    });
    QCoreApplication::setApplicationName(QStringLiteral("rookery"));
    QCoreApplication::setApplicationVersion(QString::fromUtf8(engine::version()));
    QCommandLineParser parser;
    describe(parser);
    if (wantsText) {
        QCoreApplication text(argc, argv);
        parser.process(text); // prints and exits
    }
    if (!hasDisplay(arguments)) {
        std::fputs("rookery: no display was found (DISPLAY and WAYLAND_DISPLAY are not set); "
                   "in a terminal use rookery-cli chat.\n",
                   stderr);
        return 1;
    }

    QApplication application(argc, argv);
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Rookery"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.rookery.Rookery"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/rookery.svg")));
    if (const QString problem = problemOf(parser); !problem.isEmpty()) {
        std::fputs(qPrintable(QStringLiteral("rookery: %1\n").arg(problem)), stderr);
        return 2;
    }
    gui::useFolders(parser.value(QStringLiteral("profile")));
    qInstallMessageHandler(logQtMessage);

    gui::Application rookery({parser.positionalArguments().value(0), parser.value(QStringLiteral("lang")),
                              parser.value(QStringLiteral("scheme")), startedMs});
    gui::QuitSignals quitSignals;
    QObject::connect(&quitSignals, &gui::QuitSignals::quitRequested, &application, &QCoreApplication::quit,
                     Qt::QueuedConnection); // closes the window first
    rookery.show();
    const int code = QApplication::exec();
    qInstallMessageHandler(nullptr);
    return code;
}
