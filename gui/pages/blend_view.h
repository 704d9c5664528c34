#pragma once

#include "gui/services.h"
#include "gui/state_probe.h"

#include <QWidget>

class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSlider;

namespace gui
{

class LayerCurve;
class MessageBar;
class ProbeColumns;

/// Two states and what lies between them, by one number or by layer: heard beside both, then baked into a
/// file.
class BlendView final : public QWidget
{
    Q_OBJECT

public:
    explicit BlendView(const Services &services, QWidget *parent = nullptr);

    /// The state that is selected elsewhere; it becomes A once.
    void setFirst(const QString &path);
    /// A + t (B - A), t by layer; without target or hold.
    engine::CombineStatesSpec blend() const;
    void bake(const QString &target);

private:
    QWidget *buildChoice();
    QWidget *buildLine();
    void connectSignals();
    void chooseTwo();
    void showChoice();
    void showShare();
    void updateVerbs();
    QString problem() const;
    QString nameOf(const QComboBox *box) const;
    void listen();
    void askWhere();
    void handle(const engine::Event &event);
    void useInChat(const QString &path);

    Services m_services;
    StateProbe m_probe;
    MessageBar *m_message;
    QComboBox *m_first = nullptr;
    QComboBox *m_second = nullptr;
    QSlider *m_slider = nullptr;
    QDoubleSpinBox *m_share = nullptr;
    QLabel *m_problem;
    LayerCurve *m_curve;
    QLineEdit *m_line = nullptr;
    QPushButton *m_listen = nullptr;
    QPushButton *m_bake = nullptr;
    ProbeColumns *m_columns;
    engine::JobId m_bakeJob = 0;
    QString m_suggested;
    QString m_baked; ///< the file baked last
};

} // namespace gui
