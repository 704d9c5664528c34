#include "gui/application.h"
#include "gui/folders.h"
#include "gui/quit_signals.h"
#include "gui/single_instance.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDeadlineTimer>
#include <QFileInfo>
#include <QIcon>
#include <QStringList>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace
{

constexpr auto kNoDisplay = "in a terminal use rookery-cli chat.";

/// Whether somebody named a display; whether it is alive turns out when Qt connects to it.
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

/// What Qt said while it connected to the display.
QStringList &startMessages()
{
    static QStringList messages;
    return messages;
}

/// Qt aborts with a core dump and many lines where the display does not answer; we say it in one and end.
void takeStartMessage(QtMsgType type, const QMessageLogContext &, const QString &message)
{
    if (type != QtFatalMsg) {
        startMessages().append(message);
        return;
    }
    const QString why = startMessages().isEmpty() ? message : startMessages().first();
    std::fputs(qPrintable(QStringLiteral("rookery: the display cannot be used: %1; %2\n")
                              .arg(why.simplified(), QLatin1String(kNoDisplay))),
               stderr);
    std::_Exit(1); // returning would abort
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
                       "demonstration model. A window that is open already opens it and comes to the front."),
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

/// What is to be opened, as every start of the program understands it.
QString modelOf(const QCommandLineParser &parser)
{
    const QString model = parser.positionalArguments().value(0);
    return model.isEmpty() || model == QLatin1String("demo") ? model : QFileInfo(model).absoluteFilePath();
}

/// The chats are open in another window of this user: that one does what was asked for. The exit status.
int handOver(gui::SingleInstance &instance, const QString &model)
{
    QObject::connect(&instance, &gui::SingleInstance::handedOver, qApp, [] {
        std::puts("rookery: its window is open already and was asked to come to the front.");
        QCoreApplication::exit(0);
    });
    QObject::connect(&instance, &gui::SingleInstance::notAnswered, qApp, [] {
        std::fputs("rookery: another Rookery keeps these chats open and does not answer; end it, or choose "
                   "another folder with --profile.\n",
                   stderr);
        QCoreApplication::exit(1);
    });
    instance.handOver(model);
    return QCoreApplication::exec();
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
        std::fprintf(stderr, "rookery: no display was found (DISPLAY and WAYLAND_DISPLAY are not set); %s\n",
                     kNoDisplay);
        return 1;
    }

    qInstallMessageHandler(takeStartMessage);
    QApplication application(argc, argv);
    qInstallMessageHandler(nullptr);
    for (const QString &message : std::as_const(startMessages()))
        engine::log(3, "qt", message.toStdString());
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Rookery"));
    QGuiApplication::setDesktopFileName(QStringLiteral("org.rookery.Rookery"));
    QApplication::setWindowIcon(QIcon(QStringLiteral(":/icons/rookery.svg")));
    if (const QString problem = problemOf(parser); !problem.isEmpty()) {
        std::fputs(qPrintable(QStringLiteral("rookery: %1\n").arg(problem)), stderr);
        return 2;
    }
    gui::useFolders(parser.value(QStringLiteral("profile")));
    gui::SingleInstance instance(gui::folders().data);
    if (!instance.isFirst()) return handOver(instance, modelOf(parser));
    qInstallMessageHandler(logQtMessage);

    gui::Application rookery({modelOf(parser), parser.value(QStringLiteral("lang")),
                              parser.value(QStringLiteral("scheme")), startedMs});
    QObject::connect(&instance, &gui::SingleInstance::openRequested, &rookery, &gui::Application::openAgain);
    gui::QuitSignals quitSignals;
    QObject::connect(&quitSignals, &gui::QuitSignals::quitRequested, &application, &QCoreApplication::quit,
                     Qt::QueuedConnection); // closes the window first
    rookery.show();
    const int code = QApplication::exec();
    qInstallMessageHandler(nullptr);
    return code;
}
