#pragma once

#include <QObject>

namespace gui
{

/// Turns SIGTERM, SIGINT and SIGHUP into a Qt signal, so that the program ends as if its window were closed.
class QuitSignals final : public QObject
{
    Q_OBJECT

public:
    explicit QuitSignals(QObject *parent = nullptr);
    ~QuitSignals() override;

Q_SIGNALS:
    void quitRequested();

private:
    void drain();
};

} // namespace gui
