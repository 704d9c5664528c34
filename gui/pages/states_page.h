#pragma once

#include "gui/services.h"

#include "engine/events.h"

#include <QString>
#include <QWidget>

class QButtonGroup;
class QLabel;
class QPushButton;
class QSplitter;
class QStackedWidget;

namespace gui
{

class AuditionView;
class BlendView;
class ExtraTable;
class HeatMap;
class MessageBar;
class StateFiles;
class StateMeasure;

/// The states of this computer: what each is, whether the loaded model can start from it, and why not; two of
/// them blended, several of them heard side by side.
class StatesPage final : public QWidget
{
    Q_OBJECT

public:
    enum View { Files, Blend, Audition };

    explicit StatesPage(const Services &services, QWidget *parent = nullptr);

    void showView(View view);

protected:
    void resizeEvent(QResizeEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    QWidget *buildViews();
    QWidget *buildDetails();
    void connectSignals();
    void showDetails();
    void startChat(const QString &path);
    void connectFiles();
    void askName();
    void measure();
    void showFigures(const engine::event::StatesMeasured &figures);

    Services m_services;
    ExtraTable *m_table;
    MessageBar *m_message;
    QButtonGroup *m_choice;
    QStackedWidget *m_views;
    BlendView *m_blend;
    AuditionView *m_audition;
    QSplitter *m_splitter;
    QStackedWidget *m_detailStack = nullptr;
    QLabel *m_name = nullptr;
    QLabel *m_about = nullptr;
    QLabel *m_match = nullptr;
    QLabel *m_facts = nullptr;
    QPushButton *m_start = nullptr;
    QPushButton *m_reveal = nullptr;
    QPushButton *m_rename = nullptr;
    QPushButton *m_delete = nullptr;
    HeatMap *m_heat = nullptr;
    QLabel *m_norm = nullptr;
    StateMeasure *m_measure;
    StateFiles *m_files;
};

} // namespace gui
