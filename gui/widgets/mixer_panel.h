#pragma once

#include "gui/mixer/mix_desk.h"

#include <QTimer>
#include <QWidget>

#include <functional>

class QBoxLayout;
class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QMenu;
class QPushButton;
class QScrollArea;
class QStackedWidget;
class QToolButton;

namespace gui
{

class MessageBar;
class MixChip;
class MixerStrip;

/// The mixing desk: strips, blend rule, policy, what it needs, and the mixes that were saved. Wide on its own
/// page, narrow beside a chat. Thread: GUI.
class MixerPanel final : public QWidget
{
    Q_OBJECT

public:
    enum class Shape { Wide, Narrow };

    MixerPanel(MixDesk &desk, Shape shape, QWidget *parent = nullptr);

    MixDesk &desk() { return m_desk; }
    /// Beside a text, or above it.
    void setShape(Shape shape);
    /// A hint that goes away by itself.
    void showHint(const QString &text);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    bool event(QEvent *event) override;

private:
    // mixer_panel_build.cpp
    void build();
    QWidget *buildHeader();
    QWidget *buildNameRow();
    QWidget *buildRules();
    QWidget *buildStrips();
    QWidget *buildEmpty();

    void connectSignals();
    void makeStrips();
    void showMix();
    void showNeeds();
    void fillVoices(QMenu &menu);
    void fillMore();
    void askName(const QString &name, std::function<void(const QString &)> use);
    void saveMix();
    void removeMix();

    MixDesk &m_desk;
    Shape m_shape;
    MixChip *m_chip = nullptr;
    QCheckBox *m_on = nullptr;
    QToolButton *m_undo = nullptr;
    QToolButton *m_redo = nullptr;
    QPushButton *m_save = nullptr;
    QToolButton *m_more = nullptr;
    QMenu *m_moreMenu = nullptr;
    QWidget *m_nameRow = nullptr;
    QLineEdit *m_nameEdit = nullptr;
    MessageBar *m_bar = nullptr;
    MessageBar *m_notice = nullptr; ///< what stays as long as it is true
    QComboBox *m_rule = nullptr;
    QLabel *m_sum = nullptr;
    QPushButton *m_normalise = nullptr;
    QComboBox *m_policy = nullptr;
    QDoubleSpinBox *m_strength = nullptr;
    QToolButton *m_lane = nullptr; ///< there is one; takes it out
    QLabel *m_needs = nullptr;
    QStackedWidget *m_stack = nullptr;
    QScrollArea *m_scroll = nullptr;
    QBoxLayout *m_ruleRows = nullptr;
    QWidget *m_rules = nullptr;
    QWidget *m_strips = nullptr;
    QToolButton *m_add = nullptr;
    QPushButton *m_addFirst = nullptr;
    QPushButton *m_example = nullptr;
    QVector<MixerStrip *> m_stripList;
    QTimer m_hintTimer;
    std::function<void(const QString &)> m_useName;
    std::optional<Mix> m_removed; ///< can be brought back
    QString m_noticeText;         ///< that was shown; dismissed ones stay away
};

} // namespace gui
