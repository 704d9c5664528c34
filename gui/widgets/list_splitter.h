#pragma once

#include <QSplitter>

namespace gui
{

/// A list with the details of what is chosen in it: beside it, and below it in a narrow window.
class ListSplitter final : public QSplitter
{
    Q_OBJECT

public:
    ListSplitter(QWidget *list, QWidget *details, int detailsWidth, QWidget *parent = nullptr);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    const int m_detailsWidth;
};

} // namespace gui
