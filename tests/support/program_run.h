#pragma once

// rookery-cli as a user runs it.

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStringList>

namespace support
{

inline const QString kProgram = QStringLiteral(ROOKERY_BUILD_DIR "/bin/rookery-cli");

struct Outcome {
    int code = -1; ///< -1: it did not end, -2: it crashed
    QString output, errors;

    QJsonObject object() const { return QJsonDocument::fromJson(output.toUtf8()).object(); }
    QJsonObject result() const { return object()[QLatin1String("results")].toArray().first().toObject(); }
};

inline Outcome finish(QProcess &process)
{
    if (!process.waitForFinished(60000)) {
        process.kill();
        process.waitForFinished();
        return {-1, {}, QStringLiteral("it did not end")};
    }
    const int code = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2;
    return {code, QString::fromUtf8(process.readAllStandardOutput()),
            QString::fromUtf8(process.readAllStandardError())};
}

inline Outcome run(const QStringList &arguments, const QByteArray &input = {},
                   const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment())
{
    QProcess process;
    process.setProcessEnvironment(environment);
    process.start(kProgram, arguments);
    process.write(input);
    process.closeWriteChannel();
    return finish(process);
}

/// A command line without blanks in its words.
inline QStringList words(const char *line) { return QString::fromUtf8(line).split(QLatin1Char(' ')); }

} // namespace support
