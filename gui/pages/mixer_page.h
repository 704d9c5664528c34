#pragma once

#include "gui/services.h"

#include <QWidget>

class QBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;
class QSplitter;
class QStackedWidget;
class QToolButton;

namespace gui
{

class MessageBar;
class MixDesk;
class MixerLanePanel;
class MixPreview;
class MixerPanel;
class NextTokenTable;
class TranscriptView;

/// The mixer with room: the strips of the current chat's mix, what it says, and the lanes below; a line to
/// try it at once. The dock beside a chat shows the same mix. Thread: GUI.
class MixerPage final : public QWidget
{
    Q_OBJECT

public:
    MixerPage(const Services &services, MixDesk &desk, QWidget *parent = nullptr);

    TranscriptView &transcript() { return *m_transcript; }

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    QWidget *buildListening();
    void connectSignals();
    void showChat();
    void showState();
    void send();
    void placePreview();
    void showPreview(bool on);

    Services m_services;
    MixDesk &m_desk;
    MixerPanel *m_panel;
    QSplitter *m_splitter;
    QLabel *m_title = nullptr;
    QStackedWidget *m_stack = nullptr;
    TranscriptView *m_transcript = nullptr;
    MixerLanePanel *m_lanes = nullptr;
    MixPreview *m_preview = nullptr;
    NextTokenTable *m_next = nullptr;
    QToolButton *m_showNext = nullptr;
    QBoxLayout *m_middle = nullptr; ///< text and next tokens
    MessageBar *m_bar = nullptr;
    QLineEdit *m_line = nullptr;
    QPushButton *m_send = nullptr;
};

} // namespace gui
