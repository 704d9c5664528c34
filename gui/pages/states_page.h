#pragma once

#include "gui/services.h"

#include "engine/events.h"

#include <QString>
#include <QWidget>

class QButtonGroup;
class QComboBox;
class QLabel;
class QPushButton;
class QStackedWidget;

namespace gui
{

class AuditionView;
class BlendView;
class ExtraDetails;
class ExtraTable;
class HeatMap;
class MessageBar;
class StateFiles;
class StateMeasure;
struct ExtraEntry;

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
    void showEvent(QShowEvent *event) override;

private:
    QWidget *buildViews();
    QWidget *buildDetails();
    QWidget *buildOrder();
    void showOrder(const ExtraEntry &entry);
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
    ExtraDetails *m_details;
    QStackedWidget *m_detailStack = nullptr;
    QPushButton *m_start = nullptr;
    QPushButton *m_reveal = nullptr;
    QPushButton *m_rename = nullptr;
    QPushButton *m_delete = nullptr;
    HeatMap *m_heat = nullptr;
    QWidget *m_order = nullptr;
    QComboBox *m_orderChoice = nullptr;
    QLabel *m_norm = nullptr;
    StateMeasure *m_measure;
    StateFiles *m_files;
};

} // namespace gui
