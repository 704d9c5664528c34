#pragma once

#include "gui/services.h"

#include <QToolButton>
#include <QWidget>

class QMenu;

namespace gui
{

/// The model in use: a button with its name whose lower edge fills while a model is loaded.
class ModelChip final : public QToolButton
{
    Q_OBJECT

public:
    explicit ModelChip(QWidget *parent = nullptr);
    /// 0..1; below 0: no load runs.
    void setProgress(double fraction);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_progress = -1;
};

/// How much of the machine's memory is in use; a click shows the monitor.
class MemoryGauge final : public QToolButton
{
    Q_OBJECT

public:
    explicit MemoryGauge(QWidget *parent = nullptr);
    void setUse(std::size_t used, std::size_t ours, std::size_t total);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    double m_used = 0; ///< share of the total
    double m_ours = 0;
};

/// The bar on top that says what is running: model, command search, memory.
class ContextBar final : public QWidget
{
    Q_OBJECT

public:
    explicit ContextBar(const Services &services, QWidget *parent = nullptr);

Q_SIGNALS:
    /// A model of the recent list was chosen.
    void modelChosen(const QString &path);

private:
    void updateChip();
    void updateGauge();
    void fillMenu();

    Services m_services;
    ModelChip *m_chip;
    QMenu *m_menu;
    MemoryGauge *m_gauge;
};

/// Paths that were loaded before, newest first.
QStringList recentModels(Settings &settings);
void rememberModel(Settings &settings, const QString &path);

} // namespace gui
