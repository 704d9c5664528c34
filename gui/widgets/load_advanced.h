#pragma once

#include "engine/events.h"

#include <QWidget>

class QDoubleSpinBox;
class QFormLayout;
class QPushButton;
class QSpinBox;

namespace gui
{

/// What few loads need, folded away: only the fields that mean something for the model; not visible at all
/// where none does.
class LoadAdvanced final : public QWidget
{
    Q_OBJECT

public:
    explicit LoadAdvanced(QWidget *parent = nullptr);

    /// Another model begins with what its file says.
    void setModel(const engine::ModelInfo &info, bool isOther);
    /// Puts the choices into the spec.
    void applyTo(engine::LoadSpec &spec) const;

Q_SIGNALS:
    void changed();

private:
    void updateFold();

    QPushButton *m_fold;
    QWidget *m_fields;
    QFormLayout *m_form;
    QSpinBox *m_context;
    QDoubleSpinBox *m_epsilon;
};

} // namespace gui
