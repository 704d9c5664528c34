#pragma once

#include <QLineEdit>
#include <QString>

#include <cstddef>

namespace gui
{

/// A strategy string, such as "cpu int8 *20 -> cpu bf16". An error is underlined where it stands. Thread:
/// GUI.
class StrategyEdit final : public QLineEdit
{
    Q_OBJECT

public:
    explicit StrategyEdit(QWidget *parent = nullptr);

    /// Underlines the word at this position, in bytes of UTF-8 from 0 as the engine counts; at the end of the
    /// text its last word. `reason` becomes the tooltip and what screen readers say.
    void showProblem(std::size_t position, const QString &reason);
    void clearProblem();
    bool hasProblem() const { return m_length > 0; }
    /// What is underlined.
    QString problemText() const { return text().mid(m_start, m_length); }

protected:
    void changeEvent(QEvent *event) override;

private:
    void underline();

    int m_start = 0;
    int m_length = 0;
};

} // namespace gui
